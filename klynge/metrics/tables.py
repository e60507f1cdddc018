"""An answer as a table, with metadata."""

from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from klynge.messages import Language, message, shown, unfilled
from klynge.metrics.answers import Answer
from klynge.metrics.declarations import (
    BASIS,
    COMPLETENESS,
    FIGURE,
    PERIOD,
    Metric,
)
from klynge.metrics.notes import describe_notes
from klynge.metrics.rows import PRINTED, Row, is_computed
from klynge.metrics.scope import describe_scope

#: The basis of a published value that no document prints.
COMPUTED = unfilled("Computed from printed figures")
#: Danish and English headings of the columns that are neither keys nor values.
_HEADINGS = {
    "basis": ("Grundlag", "Basis"),
    "completeness": ("Fuldstændighed", "Completeness"),
    "reporters_in": ("Har indberettet", "Reporters in"),
    "reporters_due": ("Skal indberette", "Reporters due"),
    "rows_refused": ("Afviste rækker", "Rows refused"),
    "refused_amount_kr": ("Afvist beløb, kr.", "Refused amount, kr."),
    "is_withheld": ("Diskretioneret", "Withheld"),
    "is_computed": ("Beregnet af trykte tal", "Computed from printed figures"),
    "figure_id": ("Trykt tal", "Printed figure"),
}


def make_table(answer: Answer, language: Language, *, codes: bool = True) -> pa.Table:
    """Put the rows of an answer into a table.

    Each grouped dimension has a column ``<dimension>_id`` with its keys and a column
    ``<dimension>`` with the names in the language. A dimension without names has only
    ``<dimension>``. The next columns are the metric, the operands of a ratio or of a difference,
    ``basis`` and ``completeness``. Optional columns are ``reporters_in``, ``reporters_due``,
    ``rows_refused``, ``refused_amount_kr``, ``is_withheld``, ``is_computed`` and ``figure_id``. An
    optional column is left out if no row has a value for it. ``is_computed`` says that a published
    value is computed from printed figures. ``figure_id`` names the printed figures that state
    exactly this value.

    Without ``codes``, the table shows names instead of keys everywhere. A period is shown
    as "so far" if not all organisations of the row have reported it.
    """
    columns: dict[str, pa.Array] = {}
    for i, name in enumerate(answer.question.by):
        keys = [row.keys[i] for row in answer.rows]
        if name == PERIOD:
            keys = [answer.own_period(row, row.keys[i]) for row in answer.rows]
        if name in answer.names:
            if codes:
                columns[f"{name}_id"] = pa.array(keys, pa.string())
            keys = [answer.name(name, key, language) for key in keys]
        columns[name] = pa.array(keys, pa.string())
    for metric, read in _value_columns(answer):
        columns[metric.name] = pa.array(map(read, answer.rows), _arrow_type(metric))
    for name, kind, of_row in _FACTS if codes else _shown_facts(answer, language):
        values = [of_row(row) for row in answer.rows]
        if name in (BASIS, COMPLETENESS) or any(values):
            # the question already has a dimension of this name
            columns.setdefault(name, pa.array(values, kind))
    return pa.table(columns)


#: The name, type and value of a column about the rows.
_Fact = tuple[str, pa.DataType, Callable[[Row], Any]]
_FACTS: tuple[_Fact, ...] = (
    ("basis", pa.string(), lambda row: ", ".join(row.bases) or None),
    ("completeness", pa.string(), lambda row: row.completeness),
    ("reporters_in", pa.int64(), lambda row: row.reporters and row.reporters[0]),
    ("reporters_due", pa.int64(), lambda row: row.reporters and row.reporters[1]),
    ("rows_refused", pa.int64(), lambda row: row.rows_refused),
    ("refused_amount_kr", pa.decimal128(38, 2), lambda row: row.refused_amount_kr),
    ("is_withheld", pa.bool_(), lambda row: row.is_withheld),
    ("is_computed", pa.bool_(), is_computed),
    ("figure_id", pa.string(), lambda row: ", ".join(row.printed_figures) or None),
)


def _shown_facts(answer: Answer, language: Language) -> Iterator[_Fact]:
    """The facts of a row for a person: names instead of keys, and nothing that is said twice."""

    def name_basis(row: Row) -> str | None:
        if is_computed(row):
            return str(shown(message(COMPUTED), language))
        basis = ", ".join(row.bases)
        return answer.name(BASIS, basis, language) if basis else None

    def name_completeness(row: Row) -> str | None:
        return row.completeness and answer.name(COMPLETENESS, row.completeness, language)

    is_print = answer.rows and all(row.completeness == PRINTED for row in answer.rows)
    yield BASIS, pa.string(), name_basis
    if not is_print:
        yield COMPLETENESS, pa.string(), name_completeness
    yield from (one for one in _FACTS if one[0] not in (BASIS, COMPLETENESS, "is_computed"))


def headings(answer: Answer, table: pa.Table, language: Language) -> list[str]:
    """The headings of the table's columns in a language."""
    danish = language is Language.da
    labels = {metric.name: metric.label(language) for metric, _ in _value_columns(answer)}
    for name in answer.question.by:
        label = answer.dimensions[name].label(language)
        labels |= {name: label, f"{name}_id": f"{label} ({'kode' if danish else 'code'})"}
    for name, (text_da, text_en) in _HEADINGS.items():
        labels.setdefault(name, text_da if danish else text_en)
    return [labels[name] for name in table.column_names]


def describe_answer(answer: Answer, language: Language) -> dict[str, Any]:
    """The metadata of an answer, for ``frame.attrs``.

    The keys ``metric``, ``label``, ``description``, ``unit`` and ``population`` describe the
    metric. ``basis`` has the bases of the rows, and ``completeness`` has their states of
    completeness. ``operands`` has the two metrics of a ratio or of a difference. ``added_over`` has
    the dimensions over which values may be added. ``sources`` has the tables and the printed
    figures from which the answer was read. ``sql`` and ``parameters`` are the query.
    """
    metric = answer.metric
    names = [one.name for one in answer.operands]
    return {
        "metric": metric.name,
        "label": metric.label(language),
        "description": metric.description(language),
        "unit": metric.unit,
        "population": metric.population(language),
        "basis": list(answer.bases),
        "completeness": sorted({row.completeness for row in answer.rows if row.completeness}),
        "operands": names if metric.operands else [],
        "added_over": added_over(answer),
        "sources": {
            "tables": list(answer.tables),
            "figures": list(answer.figures),
        },
        "scope": [shown(line, language) for line in describe_scope(answer)],
        "notes": [shown(note, language) for note in describe_notes(answer)],
        "findings": list(answer.findings),
        "sql": answer.compiled.sql,
        "parameters": dict(answer.compiled.parameters),
    }


def added_over(answer: Answer) -> list[str]:
    """The dimensions over which the values may be added."""
    metric = answer.metric
    if metric.kind == FIGURE:
        return list(metric.added_over)
    return [] if metric.operands else list(answer.dimensions)


def _value_columns(answer: Answer) -> list[tuple[Metric, Callable[[Row], Any]]]:
    found: list[tuple[Metric, Callable[[Row], Any]]] = [(answer.metric, lambda row: row.value)]
    if answer.metric.operands:
        found += [(operand, _read_operand(i)) for i, operand in enumerate(answer.operands)]
    return found


def _read_operand(place: int) -> Callable[[Row], Any]:
    return lambda row: row.operands[place]


def _arrow_type(metric: Metric) -> pa.DataType:
    return pa.int64() if metric.decimals == 0 else pa.decimal128(38, metric.decimals)
