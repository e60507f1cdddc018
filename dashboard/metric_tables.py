"""Ask a metric, and show its answer as a table whose numbers lead to their own pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard.formats import format_value
from dashboard.sections import Cell, Column, Table
from dashboard.view import View
from klynge.messages import shown
from klynge.metrics.answers import Answer, answer_question
from klynge.metrics.notes import describe_notes
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Request
from klynge.metrics.scope import describe_scope
from klynge.metrics.tables import headings, make_table
from klynge.words import UNITS


@dataclass(frozen=True)
class MetricTable:
    """The answer of a metric as a table, with notes; a refused question has notes only."""

    table: Table | None
    notes: Sequence[str]
    scope: Sequence[str] = ()
    answer: Answer | None = None


def ask(
    view: View,
    metric: str,
    by: Sequence[str] = (),
    where: Mapping[str, Sequence[str]] | None = None,
    basis: str | None = None,
) -> MetricTable:
    """Ask the metric of the view's release.

    Raises :class:`InputError` for an unknown metric, dimension or value.
    """
    request = Request(metric, tuple(by), where or {}, basis)
    try:
        answer = answer_question(view.connection, view.release.catalogue, request)
    except RefusalError as refused:
        return MetricTable(None, [view.text(refused.args[0])])
    shown_rows = make_table(answer, view.language, codes=False)
    places = {name: place for place, name in enumerate(shown_rows.column_names)}
    columns = [
        Column(name, heading, _unit(view, answer, name), is_number=_is_value(answer, name))
        for name, heading in zip(
            shown_rows.column_names, headings(answer, shown_rows, view.language), strict=True
        )
    ]
    values = [column.to_pylist() for column in shown_rows.columns]
    rows = []
    for place, row in enumerate(answer.rows):
        chosen = dict(zip(answer.question.by, row.keys, strict=True))
        rows.append(
            [
                _cell(
                    view,
                    values[places[one.name]][place],
                    metric_address(view, replace(request, metric=one.name), chosen)
                    if one.is_number
                    else None,
                )
                for one in columns
            ]
        )
    return MetricTable(
        Table(columns, rows),
        [shown(note, view.language) for note in describe_notes(answer)],
        [shown(line, view.language) for line in describe_scope(answer)],
        answer,
    )


def metric_address(view: View, request: Request, chosen: Mapping[str, str]) -> str:
    """Return the address of the page about one number of a metric.

    Its parameters are the filters of the question and the keys of the number's row.
    """
    filters = {
        name: [values] if isinstance(values, str) else list(values)
        for name, values in request.where.items()
    }
    filters |= {name: [key] for name, key in chosen.items()}
    basis = {} if request.basis is None else {"basis": request.basis}
    return view.address(f"/noegletal/{request.metric}", **filters, **basis)


def _cell(view: View, value: object, href: str | None) -> Cell:
    return Cell(format_value(value, view.language), value, href, is_number=href is not None)


def _is_value(answer: Answer, column: str) -> bool:
    return column in (answer.metric.name, *(one.name for one in answer.operands))


def _unit(view: View, answer: Answer, column: str) -> str:
    metrics = {one.name: one for one in (answer.metric, *answer.operands)}
    if column not in metrics:
        return ""
    unit = metrics[column].unit
    return view.text(UNITS.get(unit, unit))
