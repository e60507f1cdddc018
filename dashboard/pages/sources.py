"""The documents: each with its tables, figure by figure and line by line, and its checksum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.figure_texts import names_of_units
from dashboard.filters import choose
from dashboard.findings import VERDICTS
from dashboard.formats import format_value
from dashboard.mart_tables import number_address, read_table
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import message

DOCUMENTS, FIGURES = "core.dim_document", "core.fct_published_figures"
#: The parameters of the page of a document: a table, and a line that is marked.
TABLE, LINE = "afsnit", "linje"
#: The columns of a document that its page shows.
_CARD = ("publisher", "published", "isbn", "file_name", "sha256", "line_count")
#: The printed figures of a table, with the verdict of the audit and the findings that name them.
_CELLS = """
    select f.figure_id, f.line_number, f.row_label, f.column_label, f.printed_text, f.value, f.unit,
        (
            select case
                when bool_or(r.verdict = 'contradicts') then 'contradicts'
                else any_value(r.verdict)
            end
            from audit.mart_figure_reconciliation r
            where r.figure_id = f.figure_id
        ) as verdict,
        (
            select list(distinct g.finding_id order by g.finding_id)
            from audit.mart_figure_findings g
            where g.figure_id = f.figure_id
        ) as findings
    from core.fct_published_figures f
    where f.document_id = $document and f.table_id = $table
    order by f.line_number, f.occurrence, f.figure_id
"""


@dataclass(frozen=True)
class PrintedLine:
    """A printed figure on the page of its document."""

    figure_id: str
    line: int
    #: whether it is the first figure of its line, so that an address can lead to it
    begins_line: bool
    labels: Sequence[str]
    printed_text: str
    href: str
    value: str
    verdict: str
    findings: Sequence[str]


def build(view: View) -> Page:
    """Build the page with the list of documents."""
    columns = ("title", "publisher", "published", "line_count", "sha256", "document_id")
    found = read_table(view, DOCUMENTS, columns, {}, ("published",))
    rows = [
        [Cell(row[0].text, href=view.address(f"/kilder/{row[-1].value}")), *row[1:-1]]
        for row in found.rows
    ]
    section = Section(
        "dokumenter",
        view.text(message("Documents")),
        lead=view.text(
            message(
                "Every printed figure is transcribed with its line. The documents themselves are "
                "not shown here; the checksum says which file was read."
            )
        ),
        table=Table(found.columns[:-1], rows),
        source=DOCUMENTS,
    )
    return Page(
        view.text(message("Sources")),
        view.text(message("The printed documents, figure by figure and line by line.")),
        [section],
    )


def build_document(view: View, document_id: str) -> Page:
    """Build the page of one document: its card, and the figures of one of its tables.

    Raises :class:`InputError` for an unknown document.
    """
    document = _find_document(view, document_id)
    tables = _tables(view, document_id)
    marked = _marked_line(view)
    first = _table_of_line(view, document_id, marked) or (tables[0][0] if tables else "")
    choice = choose(view, TABLE, message("Table in the document"), tables, first)
    lines = _lines(view, document_id, choice.chosen)
    described = view.release.describe(DOCUMENTS)
    headings = described.headings(_CARD, view.language.value)
    card = [
        (heading, format_value(document[name], view.language))
        for name, heading in zip(_CARD, headings, strict=True)
        if document[name] is not None
    ]
    return Page(
        title=str(document["title"]),
        lead="",
        sections=[_as_section(view, lines, dict(choice.options).get(choice.chosen, ""))],
        choices=[choice],
        template="document.html",
        extra={
            "message": message,
            "card": card,
            "covers": document["covers"],
            "lines": lines,
            "marked": marked,
            "table_title": dict(choice.options).get(choice.chosen, choice.chosen),
            "has_labels": any(label for one in lines for label in one.labels),
        },
    )


def _find_document(view: View, document_id: str) -> Mapping[str, Any]:
    result = view.connection.execute(
        f"select * from {DOCUMENTS} where document_id = $document", {"document": document_id}
    )
    names = [name for name, *_ in result.description]
    found = result.fetchone()
    if found is None:
        known = view.connection.execute(f"select document_id from {DOCUMENTS} order by 1")
        raise InputError(
            message(
                "there is no document {document}; there are {known}",
                document=document_id,
                known=[one for (one,) in known.fetchall()],
            )
        )
    return dict(zip(names, found, strict=True))


def _tables(view: View, document_id: str) -> list[tuple[str, str]]:
    """Id and title of each table of the document that has a figure, in the order of its lines."""
    found = view.connection.execute(
        "select t.table_id, t.title from core.dim_document_table t "
        "where t.document_id = $document and exists (select 1 from core.fct_published_figures f "
        "where f.document_id = t.document_id and f.table_id = t.table_id) "
        "order by t.kind = 'prose', t.first_line, t.table_id",
        {"document": document_id},
    ).fetchall()
    return [(table, f"{title} ({table})") for table, title in found]


def _marked_line(view: View) -> int | None:
    given = view.parameter(LINE)
    return (
        int(given) if given.isascii() and given.isdigit() and len(given) < len("1000000") else None
    )


def _table_of_line(view: View, document_id: str, line: int | None) -> str | None:
    """The table whose printed figures include a line; the table with the most of them."""
    if line is None:
        return None
    found = view.connection.execute(
        "select table_id from core.fct_published_figures "
        "where document_id = $document and $line between line_number and last_line_number "
        "group by table_id order by count(*) desc, table_id limit 1",
        {"document": document_id, "line": line},
    ).fetchone()
    return str(found[0]) if found else None


def _lines(view: View, document_id: str, table: str) -> list[PrintedLine]:
    found = view.connection.execute(_CELLS, {"document": document_id, "table": table}).fetchall()
    units, seen, lines = names_of_units(view), set(), []
    for figure_id, line, row, column, printed, value, unit, verdict, findings in found:
        name = "printed_text" if value is None else "value"
        number = "" if value is None else f"{format_value(value, view.language)} {units[unit]}"
        lines.append(
            PrintedLine(
                figure_id=figure_id,
                line=line,
                begins_line=line not in seen,
                labels=[row or "", column or ""],
                printed_text=printed or "",
                href=number_address(view, FIGURES, name, {"figure_id": figure_id}),
                value=number,
                verdict=view.text(_SHORT_VERDICTS[verdict]) if verdict in VERDICTS else "",
                findings=findings or [],
            )
        )
        seen.add(line)
    return lines


def _as_section(view: View, lines: Sequence[PrintedLine], title: str) -> Section:
    """The figures of a table as a section, which can be taken away as a file."""
    headings = (
        message("Line"),
        message("Row"),
        message("Column"),
        message("Printed"),
        message("Value"),
        message("Computed again"),
        message("Findings"),
    )
    rows = [
        [
            Cell(str(one.line), one.line),
            *(Cell(label) for label in one.labels),
            Cell(one.printed_text, href=one.href),
            Cell(one.value),
            Cell(one.verdict),
            Cell(", ".join(one.findings)),
        ]
        for one in lines
    ]
    table = Table([Column(str(one), view.text(one)) for one in headings], rows)
    return Section("tal", title, table=table, source=FIGURES)


#: The verdicts of the audit in a table.
_SHORT_VERDICTS = {
    "agrees": message("agrees"),
    "agrees_after_rounding": message("agrees when rounded"),
    "contradicts": message("does NOT agree"),
    "not_checkable": message("cannot be computed again"),
}
