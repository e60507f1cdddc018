"""Answer a question from a release, or refuse it if its rows give no meaningful answer.

Some questions can be refused only after their rows are read. For example, a sum would mix two
bases, a sum would include an incomplete period, or a question for one figure finds several.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import duckdb

from klynge.messages import Language, Message, label, message, shown
from klynge.metrics import refusals
from klynge.metrics.advice import find_answered
from klynge.metrics.declarations import (
    BASIS,
    CALL,
    COMPLETENESS,
    DIFFERENCE,
    FIGURE,
    ORGANISATION,
    PERIOD,
    SO_FAR,
    Catalogue,
    Dimension,
    Metric,
)
from klynge.metrics.printed import (
    Figure,
    add_printed,
    cells_without_number,
    find_shares,
    read_figures,
    read_findings,
    used_figures,
)
from klynge.metrics.questions import Question, Values, resolve, with_own_names
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Change, Request
from klynge.metrics.rows import (
    PARTIAL,
    Row,
    add_reporting,
    count_reporters,
    least_complete,
    read_lacking,
    read_reporters_due,
)
from klynge.metrics.sql import (
    Compiled,
    compile_names,
    compile_question,
    compile_values,
)
from klynge.metrics.traces import trace_command


@dataclass(frozen=True)
class Answer:
    """The answer to a question: its rows, and the Danish and English names of the keys in them.

    If not all reporters have reported a period, ``reporters`` has the number that have reported it
    and the number that are due. ``figures`` are the printed figures behind the rows, and
    ``findings`` are the findings that name them. ``shares`` is a query for printed shares of the
    organisations that have no row. ``missing`` has, for a grouped dimension, the keys
    without a row. If there are no rows, ``instead`` has similar questions that have some. ``trace``
    is the command that traces the first row of the answer; it names a row
    of the table from which that row was computed.
    """

    question: Question
    dimensions: Mapping[str, Dimension]
    operands: tuple[Metric, ...]
    rows: tuple[Row, ...]
    names: Mapping[str, Mapping[str, tuple[str, str]]]
    compiled: Compiled
    reporters: tuple[tuple[int, int], ...] = ()
    figures: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    missing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    shares: str | None = None
    instead: tuple[Request, ...] = ()
    trace: str | None = None

    @property
    def metric(self) -> Metric:
        return self.question.metric

    @property
    def bases(self) -> tuple[str, ...]:
        """The bases of the rows, in alphabetical order."""
        return tuple(sorted({basis for row in self.rows for basis in row.bases}))

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables (``schema.table``) from which the answer was read."""
        return tuple(dict.fromkeys(one.table for one in self.operands if one.table))

    @property
    def refused(self) -> tuple[int, Decimal | None]:
        """The number of refused rows in the files behind the answer, and their amount in kroner.

        The amount is None if it is not known. Several rows of the answer can be computed from the
        same files; these files are counted once.
        """
        by, files = self.question.by, {}
        for row in self.rows:
            chosen = row.keys[by.index(ORGANISATION)] if ORGANISATION in by else ""
            files[chosen, row.bases, row.periods] = row
        amounts = [one.refused_amount_kr for one in files.values() if one.refused_amount_kr]
        count = sum(one.rows_refused or 0 for one in files.values())
        return count, sum(amounts, Decimal(0)) if amounts else None

    def name(self, dimension: str, key: str, language: Language) -> str:
        """The name of a key in a language; the key itself if it has no name."""
        return str(shown(self.label(dimension, key), language))

    def label(self, dimension: str, key: str) -> Message:
        """The name of a key in both languages; the key itself if it has no name."""
        names = self.names.get(dimension, {})
        if key.endswith(SO_FAR) and key not in names:
            whole = self.label(dimension, key.removesuffix(SO_FAR))
            return message("{period} so far (not all have reported)", period=whole)
        danish, english = names.get(key, (key, key))
        return label(english, danish)

    def own_period(self, row: Row, key: str) -> str:
        """The key of a row's period as the row shows it.

        It ends with ``_so_far`` if the row is of all organisations and not all have reported. It
        does not if the organisations of the row have reported the period.
        """
        if row.completeness != PARTIAL:
            is_whole = ORGANISATION not in (*self.question.by, *self.question.where)
            return key if is_whole else key.removesuffix(SO_FAR)
        return f"{key.removesuffix(SO_FAR)}{SO_FAR}"


def answer_question(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, request: Request
) -> Answer:
    """Answer a question about a metric from an open release.

    Raises :class:`~klynge.metrics.refusals.RefusalError` if the question has no meaningful answer.
    The error, or an answer without rows, names up to three similar questions that have an answer.
    """

    def has_rows(changed: Request) -> bool:
        question = _resolve(connection, catalogue, changed)
        return bool(
            _read_rows(connection, catalogue, question, compile_question(catalogue, question))
        )

    try:
        answer = _answer(connection, catalogue, request)
    except RefusalError as refused:
        asked = with_own_names(catalogue, request)
        raise refused.advised(find_answered(has_rows, asked, refused.changes)) from None
    if answer.rows:
        return answer
    bases = _bases_held(connection, catalogue, answer)
    others = [*_with_fewer_conditions(answer.question, bases), *_siblings(catalogue, answer.metric)]
    asked = with_own_names(catalogue, request)
    return replace(answer, instead=find_answered(has_rows, asked, others))


def _answer(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, request: Request
) -> Answer:
    question = _resolve(connection, catalogue, request)
    compiled = compile_question(catalogue, question)
    rows = _read_rows(connection, catalogue, question, compiled)
    operands = catalogue.operands(question.metric)
    rows = tuple(add_reporting(connection, question, operands, rows))
    figures = [one for metric in operands for one in read_figures(connection, catalogue, metric)]
    own = [] if question.metric.operands else figures
    rows = tuple(add_printed(connection, question, own, rows))
    used = used_figures(question, figures, rows)
    missing = _missing(connection, question, figures, rows)
    return Answer(
        question=question,
        dimensions=catalogue.dimensions(question.metric),
        operands=operands,
        rows=rows,
        names=_names(connection, catalogue, question),
        compiled=compiled,
        reporters=read_lacking(connection, question, rows),
        figures=used,
        findings=read_findings(connection, used),
        missing=missing,
        shares=find_shares(connection, question, missing.get(ORGANISATION, ())),
        trace=trace_command(connection, catalogue, question, rows[0]) if rows else None,
    )


def _resolve(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, request: Request
) -> Question:
    def read_values(metric: Metric, dimension: Dimension) -> Values:
        return _read_values(connection, catalogue, metric, dimension.name)

    def read_reporters(metric: Metric, period: str) -> tuple[int, int] | None:
        return count_reporters(connection, metric, period)

    return resolve(catalogue, read_values, read_reporters, request)


def _read_rows(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    question: Question,
    compiled: Compiled,
) -> tuple[Row, ...]:
    """Read the rows of a question; raise ``RefusalError`` if they give no meaningful answer."""
    found = _execute(connection, compiled)
    if question.metric.kind != FIGURE:
        rows = _sums(question, found)
    else:
        if not found:
            _refuse_missing_total(connection, catalogue, question)
        rows = _figures(catalogue, question, found)
    return tuple(sorted(rows, key=lambda row: _order(question, row)))


def _order(question: Question, row: Row) -> list[tuple[bool, str]]:
    """The place of a row: by its keys, and periods of several years after single years."""
    return [
        (name == PERIOD and "-" in key, key)
        for name, key in zip(question.by, row.keys, strict=True)
    ]


def _bases_held(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, answer: Answer
) -> list[str]:
    """The bases on which the release has figures of an answer's metric."""
    values = _read_values(connection, catalogue, answer.metric, BASIS)
    return [key for key, *_, has_figures in values if has_figures]


def _read_values(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, metric: Metric, dimension: str
) -> Values:
    operand = catalogue.operands(metric)[0]
    table = catalogue.table(operand)
    sql = compile_values(operand, table, table.dimensions[dimension])
    rows: Values = connection.execute(sql).fetchall()
    return rows


def _siblings(catalogue: Catalogue, metric: Metric) -> Iterator[Change]:
    """Changes that ask another metric of the same table, such as the target of a progress."""
    for other in catalogue.metrics.values():
        if metric.table is not None and other.table == metric.table and other.name != metric.name:
            yield Change(metric=other.name)


def _with_fewer_conditions(question: Question, bases: Sequence[str]) -> Iterator[Change]:
    """Changes of a question without rows: another basis, or a filter or a dimension less."""
    yield from (Change(basis=basis) for basis in bases)
    yield from (Change(without=(name,)) for name in question.where if name != BASIS)
    yield Change(any_basis=True)
    yield from (Change(without=(name,)) for name in question.by)


def _missing(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    figures: Sequence[Figure],
    rows: Sequence[Row],
) -> dict[str, list[str]]:
    """The keys without a row: organisations that report, and keys in cells without a number."""
    found = {}
    for i, name in enumerate(question.by):
        if name in question.where or not rows:
            continue
        known = cells_without_number(question, figures, rows, name)
        if name == ORGANISATION:
            known |= read_reporters_due(connection, question, rows)
        if lacking := known - {row.keys[i] for row in rows}:
            found[name] = sorted(lacking)
    return found


def _execute(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> list[Mapping[str, Any]]:
    result = connection.execute(compiled.sql, dict(compiled.parameters))
    columns = [column[0] for column in result.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def _refuse_missing_total(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, question: Question
) -> None:
    """Refuse a question for the total of a dimension if there are figures for its parts only."""
    for name, dimension in catalogue.dimensions(question.metric).items():
        if dimension.totals and name not in (*question.by, *question.where):
            parts = replace(question, by=(*question.by, name))
            if _execute(connection, compile_question(catalogue, parts)):
                raise refusals.no_total(question.metric, name)


def _names(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, question: Question
) -> dict[str, dict[str, tuple[str, str]]]:
    dimensions = catalogue.dimensions(question.metric)
    found = {}
    for name in (*question.by, ORGANISATION, PERIOD, BASIS, COMPLETENESS, CALL):
        if name in dimensions and name not in found and (sql := compile_names(dimensions[name])):
            rows = connection.execute(sql).fetchall()
            found[name] = {key: (danish, english) for key, danish, english in rows}
    return found


def _sums(question: Question, found: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    for row in found:
        keys = tuple(row[f"by_{i}"] for i in range(len(question.by)))
        operands = [name for name in ("0", "1") if f"value_{name}" in row]
        group = _group(keys)
        for operand in operands:
            _refuse_mixture(
                question.metric, group, row[f"bases_{operand}"], row[f"periods_{operand}"]
            )
        if len(operands) == 2:
            _refuse_unlike_operands(question.metric, group, row)
        states = [state for operand in operands for state in row[f"completeness_{operand}"]]
        pair = operands if len(operands) == 2 else []
        yield Row(
            keys=keys,
            value=row["value"],
            operands=tuple(row[f"value_{name}"] for name in pair),
            bases=tuple(row["bases_0"]),
            periods=tuple(row["periods_0"]),
            operand_periods=tuple(tuple(row[f"periods_{name}"]) for name in pair),
            calls=tuple(row["calls_0"]),
            completeness=least_complete(states),
        )


def _refuse_mixture(
    metric: Metric, group: str, bases: Sequence[str], periods: Sequence[str]
) -> None:
    if len(bases) > 1:
        raise refusals.several_bases(metric, group, bases)
    if len(periods) > 1 and any(period.endswith(SO_FAR) for period in periods):
        raise refusals.incomplete_period(metric, group, periods)


def _refuse_unlike_operands(metric: Metric, group: str, row: Mapping[str, Any]) -> None:
    for column, dimension in (("bases", BASIS), ("periods", PERIOD)):
        first, second = row[f"{column}_0"], row[f"{column}_1"]
        if first != second and not (metric.kind == DIFFERENCE and dimension == PERIOD):
            raise refusals.unlike_operands(metric, group, dimension, first, second)


def _figures(
    catalogue: Catalogue, question: Question, found: Sequence[Mapping[str, Any]]
) -> Iterator[Row]:
    metric, dimensions = question.metric, catalogue.dimensions(question.metric)
    _refuse_totals_with_parts(question, dimensions)
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in found:
        groups.setdefault(tuple(row[f"key_{name}"] for name in question.by), []).append(row)
    for keys in sorted(groups):
        rows = groups[keys]
        # the key of a dimension's total can differ between periods
        for name in sorted(dimensions, key=lambda name: bool(dimensions[name].totals)):
            values = sorted({row[f"key_{name}"] for row in rows})
            if len(values) > 1 and name not in (*metric.added_over, COMPLETENESS):
                group = _group(keys)
                if name == BASIS:
                    raise refusals.several_bases(metric, group, values)
                raise refusals.not_added(metric, group, name, values)
        yield _figure(keys, rows)


def _figure(keys: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> Row:
    withheld = any(row.get("is_withheld") for row in rows)
    first = rows[0]
    due = first.get("reporters_due")
    return Row(
        keys=keys,
        value=None if withheld else sum(row["value"] for row in rows[1:]) + first["value"],
        bases=(first["key_basis"],),
        periods=tuple(sorted({row["key_period"] for row in rows})) if "key_period" in first else (),
        calls=tuple(sorted({row["key_call"] for row in rows})) if "key_call" in first else (),
        completeness=least_complete([row.get("key_completeness") for row in rows]),
        reporters=None if due is None else (first["reporters_in"], due),
        rows_refused=first.get("rows_refused"),
        is_withheld=withheld,
        figure_ids=tuple(row["figure_id"] for row in rows if row.get("figure_id")),
    )


def _refuse_totals_with_parts(question: Question, dimensions: Mapping[str, Dimension]) -> None:
    for name, keys in question.where.items():
        totals = [key for key in keys if key in dimensions[name].totals]
        parts = [key for key in keys if key not in dimensions[name].totals]
        if totals and parts and name not in question.by:
            raise refusals.total_with_parts(dimensions[name], totals, parts)


def _group(keys: Sequence[str]) -> str:
    """The words that name a row's group in a refusal, such as " of made, 2023"."""
    return message(" of {keys}", keys=list(keys)) if keys else ""
