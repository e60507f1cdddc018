"""The page of one number of a metric: its definition, its parts, and the rows behind them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from dashboard.code_names import names_of
from dashboard.figure_texts import name_column
from dashboard.figures import find_table
from dashboard.findings import CERTAINTIES, find_findings
from dashboard.formats import NOTHING, format_value
from dashboard.metric_tables import metric_address
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.messages import Message, counted, label, message
from klynge.metrics.answers import Answer, answer_question
from klynge.metrics.declarations import DIFFERENCE, FIGURE, RATIO, Metric
from klynge.metrics.notes import describe_notes
from klynge.metrics.questions import find_metric
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Request
from klynge.metrics.rows import Row, is_computed
from klynge.metrics.scope import describe_scope
from klynge.metrics.tables import COMPUTED
from klynge.metrics.traces import RowsBehind, find_rows_behind
from klynge.words import UNITS

#: Parameters that are no dimension: the dimensions of the rows, and the basis.
BY, BASIS = "by", "basis"
#: At most this many rows of a table behind the number are listed.
LISTED = 50


def build(view: View, metric: str) -> Page:
    """Build the page of the number that the parameters name: each is a dimension and its values.

    Raises :class:`InputError` for a release without metrics, and for an unknown metric.
    """
    catalogue = view.release.catalogue
    request = _read_request(view, metric)
    try:
        asked = find_metric(catalogue, metric)
        answer = answer_question(view.connection, catalogue, request)
    except RefusalError as refused:
        return _refused(view, metric, refused)
    # the page lists the findings itself
    answer = replace(answer, findings=())
    if len(answer.rows) == 1:
        return _one(view, request, answer)
    return _several(view, request, asked, answer)


def _read_request(view: View, metric: str) -> Request:
    where = {name: values for name, values in view.parameters.items() if name not in (BY, BASIS)}
    by = view.parameters.get(BY, ())
    return Request(metric, by, where, view.parameter(BASIS) or None)


def _refused(view: View, metric: str, refused: RefusalError) -> Page:
    known = view.release.catalogue.metrics.get(metric)
    return Page(
        title=_label(view, known) if known else metric,
        lead=view.text(message("The question has no meaningful answer:")),
        sections=[
            Section(
                "afvist",
                view.text(message("Why there is no number")),
                lead=view.text(refused.message),
            )
        ],
    )


def _several(view: View, request: Request, metric: Metric, answer: Answer) -> Page:
    """List the rows of an answer with several rows, or say that there is none."""
    if not answer.rows:
        return _nothing(view, metric)
    columns = [
        Column(name, answer.dimensions[name].label(view.language)) for name in answer.question.by
    ]
    columns.append(Column(metric.name, _label(view, metric), _unit(view, metric), is_number=True))
    rows = []
    for row in answer.rows:
        chosen = dict(zip(answer.question.by, row.keys, strict=True))
        keys = [Cell(answer.name(name, key, view.language), key) for name, key in chosen.items()]
        value = Cell(
            format_value(row.value, view.language),
            row.value,
            metric_address(view, request, chosen),
            is_number=True,
        )
        rows.append([*keys, value])
    section = Section(
        "raekker",
        view.text(message("The numbers of the answer")),
        table=Table(columns, rows),
        notes=[view.text(one) for one in (*describe_scope(answer), *describe_notes(answer))],
    )
    return Page(_label(view, metric), metric.description(view.language), [section])


def _nothing(view: View, metric: Metric) -> Page:
    every = Request(metric.name, (), {}, None)
    return Page(
        title=_label(view, metric),
        lead=view.text(message("There is no number for this choice.")),
        sections=[],
        template="rows.html",
        extra={
            "table_address": metric_address(view, every, {}),
            "table_text": view.text(message("Ask the metric without a choice")),
        },
    )


def _one(view: View, request: Request, answer: Answer) -> Page:
    metric, [row] = answer.metric, answer.rows
    chosen = dict(zip(answer.question.by, row.keys, strict=True))
    where = {**request.where, **chosen}
    facts = [
        (
            answer.dimensions[name].label(view.language),
            ", ".join(_value_name(view, name, key) for key in _as_list(keys)),
        )
        for name, keys in where.items()
        if name in answer.dimensions
    ]
    return Page(
        title=_label(view, metric),
        lead=metric.description(view.language),
        sections=[
            *_operands(view, request, where, answer, row),
            *_rows_behind(view, answer, row),
        ],
        template="metric_number.html",
        extra={
            "message": message,
            "certainties": CERTAINTIES,
            "value": format_value(row.value, view.language),
            "unit": _unit(view, metric),
            "facts": [*facts, *_states(view, answer, row)],
            "population": metric.population(view.language),
            "scope": list(describe_scope(answer))[2:],
            "kind": _KINDS.get(metric.kind, message("sum of rows")),
            "caveats": [*_caveats(answer, row), *describe_notes(answer)],
            "is_sample": "sample" in row.bases,
            "sql": answer.compiled.sql,
            "sql_parameters": dict(answer.compiled.parameters),
            "findings": find_findings(view, row.figure_ids or answer.figures),
            "trace_command": answer.trace,
        },
    )


#: How a metric of each kind is computed.
_KINDS = {
    RATIO: message("one sum divided by another"),
    DIFFERENCE: message("one sum minus another"),
    FIGURE: message("figures of a mart"),
}


def _states(view: View, answer: Answer, row: Row) -> list[tuple[str, str]]:
    """The basis and the completeness of a number, in words."""
    names = names_of(view)
    basis = ", ".join(names.get("basis", {}).get(one, one) for one in row.bases)
    if is_computed(row):
        basis = view.text(message(COMPUTED))
    facts = [(view.text(message("Basis")), basis)]
    if row.completeness:
        known = answer.label("completeness", row.completeness)
        facts.append((view.text(message("Completeness")), view.text(known)))
    return facts


def _caveats(answer: Answer, row: Row) -> list[Message]:
    said = []
    if row.reporters and row.reporters[0] < row.reporters[1]:
        said.append(
            counted(
                "{reported:,} of {count:,} reporter has reported",
                "{reported:,} of {count:,} reporters have reported",
                row.reporters[1],
                reported=row.reporters[0],
            )
        )
    if row.rows_refused:
        said.append(
            counted(
                "{count:,} row of the files behind the number was refused",
                "{count:,} rows of the files behind the number were refused",
                row.rows_refused,
            )
        )
    if row.is_withheld:
        said.append(message("the figure is withheld, because it is confidential"))
    elif row.value is None and answer.metric.operands:
        said.append(message("there is no number, because the denominator is zero"))
    return said


def _operands(
    view: View, request: Request, where: dict[str, Any], answer: Answer, row: Row
) -> list[Section]:
    """The two numbers from which a ratio or a difference is computed."""
    if not row.operands:
        return []
    lines = []
    for operand, value in zip(answer.operands, row.operands, strict=True):
        asked = Request(operand.name, (), where, request.basis)
        address = metric_address(view, asked, {})
        number = Cell(format_value(value, view.language), value, address, is_number=True)
        lines.append(
            [
                Cell(_label(view, operand)),
                number,
                Cell(_unit(view, operand)),
                Cell(operand.population(view.language)),
            ]
        )
    columns = [
        Column("operand", view.text(message("Part"))),
        Column("value", view.text(message("Value")), is_number=True),
        Column("unit", view.text(message("Unit"))),
        Column("population", view.text(message("What counts"))),
    ]
    titles = {
        RATIO: message("Numerator and denominator"),
        DIFFERENCE: message("The number, and what is subtracted"),
    }
    title = titles.get(answer.metric.kind, message("Parts"))
    return [Section("dele", view.text(title), table=Table(columns, lines))]


def _rows_behind(view: View, answer: Answer, row: Row) -> list[Section]:
    sections = []
    for number, operand in enumerate(answer.operands):
        found = find_rows_behind(
            view.connection,
            view.release.catalogue,
            answer.question,
            row,
            operand=number,
            limit=LISTED,
        )
        sections.append(_show_rows(view, number, operand, found))
    return sections


def _show_rows(view: View, number: int, operand: Metric, found: RowsBehind) -> Section:
    table = find_table(view.connection, view.release, found.table)
    names, keys = names_of(view), list(found.rows[0]) if found.rows else []
    columns = [
        Column(key, name_column(view, table.description.columns.get(key), key)) for key in keys
    ]
    value = found.column or operand.name
    heading = name_column(view, table.description.columns.get(value), value)
    columns.append(Column(value, heading, _unit(view, operand), is_number=True))
    lines = []
    for key, amount in zip(found.rows, found.values, strict=True):
        path = f"/tal/{found.table}" + (f"/{found.column}" if found.column else "")
        written = {name: "" if one is None else str(one) for name, one in key.items()}
        cells = [
            Cell(NOTHING if one is None else names.get(name, {}).get(str(one), str(one)), one)
            for name, one in key.items()
        ]
        text = format_value(amount, view.language)
        lines.append([*cells, Cell(text, amount, view.address(path, **written), is_number=True)])
    lead = counted(
        "The number is computed from {count:,} row.",
        "The number is computed from {count:,} rows.",
        found.count,
    )
    notes = []
    if found.count > len(lines):
        notes.append(view.text(message("… and {more:,} more", more=found.count - len(lines))))
    title = message("Rows behind: {label}", label=label(operand.label_en, operand.label_da))
    return Section(
        f"raekker-{number}",
        view.text(title),
        lead=view.text(lead),
        table=Table(columns, lines),
        notes=notes,
        source=found.table,
    )


def _label(view: View, metric: Metric) -> str:
    return metric.label(view.language)


def _unit(view: View, metric: Metric) -> str:
    return view.text(UNITS.get(metric.unit, metric.unit))


def _value_name(view: View, dimension: str, key: str) -> str:
    return names_of(view).get(dimension, {}).get(key, key)


def _as_list(values: str | Iterable[str]) -> list[str]:
    return [values] if isinstance(values, str) else list(values)
