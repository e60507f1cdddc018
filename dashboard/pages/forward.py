"""The forward trace: from one source row to the figures that depend on it."""

from itertools import groupby
from typing import Any

from dashboard.background import Running
from dashboard.code_names import names_of
from dashboard.pages.number import STOP
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.traces import RowTrace
from dashboard.view import View
from klynge.errors import InputError, KlyngeError
from klynge.lineage import Destination, Forward
from klynge.messages import Language, counted, message
from klynge.releases.descriptions import TableDescription, read_descriptions
from klynge.tracing.renderings import format_value as exact_text

#: The parameter with the key of the source row.
ROW = "raekke"
#: At most this many rows of a table are listed.
LISTED = 100


def build(view: View) -> Page:
    """Build the page of the figures that depend on the row that a parameter names."""
    row_key = view.parameter(ROW).strip()
    if not row_key:
        return _page(view, row_key, [], {})
    _require_right(view, row_key)
    trace = RowTrace(view.home, view.release, row_key)
    if view.parameter(STOP):
        trace.stop()
        refusal = view.text(message("The trace is not computed, because it was stopped."))
        return _page(view, row_key, [], {"refusal": refusal})
    try:
        answer = trace.ask()
    except KlyngeError as error:
        return _page(view, row_key, [], {"refusal": view.text(error.message)})
    if isinstance(answer, Running):
        return _page(view, row_key, [], {"running": answer})
    return _page(view, row_key, _sections(view, answer), {})


def _page(view: View, row_key: str, sections: list[Section], extra: dict[str, Any]) -> Page:
    title = message("What depends on a row")
    return Page(
        title=view.text(title),
        lead=view.text(
            message(
                "Give a printed figure, such as dfir_2024#t2.total.participants, or a row of a "
                "load, such as its id, # and the number of the row. The page lists every figure "
                "that depends on it."
            )
        ),
        sections=sections,
        template="forward.html",
        extra={
            "message": message,
            "row_key": row_key,
            "running": None,
            "refusal": "",
            "again_address": view.address("/spor", **{ROW: row_key}),
            "stop_address": view.address("/spor", **{ROW: row_key, STOP: "stop"}),
            **extra,
        },
    )


def _require_right(view: View, row_key: str) -> None:
    """Refuse a row that is in no document and in no reference file to readers without the right."""
    if view.role.sees_restricted or row_key.startswith("reference."):
        return
    found = view.connection.execute(
        "select 1 from core.dim_document where document_id = $document",
        {"document": row_key.partition("#")[0]},
    ).fetchone()
    if found is None:
        raise InputError(
            message(
                "the rows of submitted files may be seen by the secretariat and by auditors; the "
                "printed figures of the documents may be seen by everybody"
            )
        )


def _sections(view: View, found: Forward) -> list[Section]:
    described = read_descriptions(view.release.path)
    sections = [_source_row(view, found)]
    by_mart = groupby(found.destinations, key=lambda one: one.mart)
    of_marts = [(mart, list(rows)) for mart, rows in by_mart]
    sections += [_mart(view, described, mart, rows) for mart, rows in of_marts]
    if not of_marts:
        sections.append(Section("intet", view.text(message("No figure depends on this row."))))
    if found.left_out:
        lines = [[Cell(one.model), Cell(one.clause.replace('"', ""))] for one in found.left_out]
        columns = [
            Column("model", view.text(message("Model"))),
            Column("clause", view.text(message("Condition"))),
        ]
        title = view.text(message("Conditions that leave the row out elsewhere"))
        sections.append(Section("udeladt", title, table=Table(columns, lines)))
    return sections


def _source_row(view: View, found: Forward) -> Section:
    lines = [
        [Cell(name), Cell(exact_text(value))]
        for name, value in found.row.items()
        if value not in (None, "")
    ]
    columns = [
        Column("column", view.text(message("Column"))),
        Column("value", view.text(message("Value"))),
    ]
    title = view.text(message("The row {row}", row=found.row_key))
    return Section("raekke", title, table=Table(columns, lines), source=found.table)


def _mart(
    view: View,
    described: dict[str, TableDescription],
    mart: str,
    rows: list[Destination],
) -> Section:
    texts = described.get(mart, TableDescription(mart))
    is_danish = view.language is Language.da
    label = (texts.label_da if is_danish else texts.label_en) or mart
    keys, names = list(rows[0].key), names_of(view)
    columns = [
        Column(key, heading)
        for key, heading in zip(keys, texts.headings(keys, view.language.value), strict=True)
    ]
    lines = []
    for one in rows[:LISTED]:
        written = {name: exact_text(value) for name, value in one.key.items()}
        address = view.address(f"/tal/{mart}", **written)
        cells = [Cell(names.get(name, {}).get(text, text)) for name, text in written.items()]
        cells[0] = Cell(cells[0].text or "–", href=address)
        lines.append(cells)
    lead = counted("{count:,} row", "{count:,} rows", len(rows))
    notes = []
    if len(rows) > LISTED:
        notes.append(view.text(message("… and {more:,} more", more=len(rows) - LISTED)))
    return Section(
        mart.replace(".", "-"),
        label,
        lead=view.text(lead),
        table=Table(columns, lines),
        notes=notes,
        source=mart,
    )
