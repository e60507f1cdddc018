"""The audit of the documents: findings by weight and cause, figures computed again, and claims."""

from collections.abc import Mapping

from dashboard.filters import choose
from dashboard.findings import CERTAINTIES, find_figures_of
from dashboard.formats import format_value
from dashboard.mart_tables import number_address, read_table
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import Message, message

FINDINGS, RECONCILIATION, CLAIMS = (
    "audit.mart_findings",
    "audit.mart_figure_reconciliation",
    "audit.mart_claims",
)
#: The parameters of the page: one finding, and the filters.
FINDING, KIND, CERTAINTY, DOCUMENT = "fund", "slags", "sikkerhed", "dokument"
VERDICT = "dom"
#: The causes of findings.
KINDS = {
    "arithmetic": message("arithmetic"),
    "confidentiality": message("confidentiality"),
    "cross_document": message("documents disagree"),
    "definition": message("definition"),
    "extraction": message("text of the file"),
    "rounding": message("rounding"),
    "text": message("text against table"),
    "unit": message("unit"),
}
_VERDICTS = {
    "contradicts": message("does NOT agree"),
    "agrees_after_rounding": message("agrees when rounded"),
    "agrees": message("agrees"),
    "not_checkable": message("cannot be computed again"),
}
_ALL = ("", message("all"))


def build(view: View) -> Page:
    """Build the page of the audit, or of the one finding that a parameter names."""
    if view.parameter(FINDING):
        return _build_finding(view, view.parameter(FINDING))
    documents = [("", view.text(_ALL[1])), *_documents(view)]
    choices = [
        choose(view, DOCUMENT, message("Document"), documents),
        choose(view, KIND, message("Cause"), _options(view, KINDS)),
        choose(view, CERTAINTY, message("Certainty"), _options(view, CERTAINTIES)),
        choose(view, VERDICT, message("Figures computed again"), _options(view, _VERDICTS)[1:]),
    ]
    chosen = {one.name: one.chosen for one in choices}
    return Page(
        title=view.text(message("Audit")),
        lead=view.text(
            message(
                "What the documents print is computed again from what they print elsewhere. Each "
                "finding leads to the printed figures and to their lines."
            )
        ),
        sections=[
            _findings(view, chosen),
            _reconciliation(view, chosen),
            _claims(view, chosen),
        ],
        choices=choices,
        template="audit.html",
        extra={"message": message},
    )


def _documents(view: View) -> list[tuple[str, str]]:
    found = view.connection.execute(
        "select document_id, title from core.dim_document order by title"
    ).fetchall()
    return [(document, str(title)) for document, title in found]


def _options(view: View, names: Mapping[str, Message]) -> list[tuple[str, str]]:
    return [(_ALL[0], view.text(_ALL[1])), *((code, view.text(one)) for code, one in names.items())]


def _findings(view: View, chosen: Mapping[str, str]) -> Section:
    found = view.connection.execute(
        "select finding_id, title_en, kind, certainty, left_document_id, left_line, "
        "right_document_id, right_line, contradicted_claims, contradicted_figures "
        f"from {FINDINGS} where ($kind = '' or kind = $kind) "
        "and ($certainty = '' or certainty = $certainty) "
        "and ($document = '' or $document in (left_document_id, right_document_id)) "
        # the heaviest first: what contradicts printed figures and claims, and what is proven
        "order by contradicted_figures + contradicted_claims desc, "
        "certainty = 'proven' desc, certainty = 'likely' desc, kind, finding_id",
        {
            "kind": chosen[KIND],
            "certainty": chosen[CERTAINTY],
            "document": chosen[DOCUMENT],
        },
    ).fetchall()
    rows = []
    for (
        finding,
        title,
        kind,
        certainty,
        left,
        left_line,
        right,
        right_line,
        claims,
        figures,
    ) in found:
        key = {"finding_id": finding}
        rows.append(
            [
                Cell(title, finding, view.address("/revision", **{FINDING: finding})),
                Cell(view.text(KINDS.get(kind, kind)), kind),
                Cell(view.text(CERTAINTIES.get(certainty, certainty)), certainty),
                _number(view, FINDINGS, "contradicted_figures", figures, key),
                _number(view, FINDINGS, "contradicted_claims", claims, key),
                _line(view, left, left_line),
                _line(view, right, right_line),
            ]
        )
    columns = [
        Column("title", view.text(message("Finding"))),
        Column("kind", view.text(message("Cause"))),
        Column("certainty", view.text(message("Certainty"))),
        Column("figures", view.text(message("Contradicts figures")), is_number=True),
        Column("claims", view.text(message("Contradicts claims")), is_number=True),
        Column("left", view.text(message("One place"))),
        Column("right", view.text(message("The other place"))),
    ]
    return Section(
        "fund",
        view.text(message("Findings, the heaviest first")),
        table=Table(columns, rows),
        source=FINDINGS,
    )


def _reconciliation(view: View, chosen: Mapping[str, str]) -> Section:
    verdict = chosen[VERDICT]
    columns = (
        *("document_id", "line_number", "indicator_id", "organisation_id", "period_id"),
        *("printed_text", "printed_value", "recomputed_value", "difference", "rule_label_en"),
    )
    where = {"verdict": verdict}
    if chosen[DOCUMENT]:
        where["document_id"] = chosen[DOCUMENT]
    order = ("document_id", "line_number", "figure_id")
    found = read_table(view, RECONCILIATION, columns, where, order)
    return Section(
        "genberegning",
        view.text(message("Figures computed again from other printed figures")),
        lead=view.text(_VERDICTS.get(verdict, verdict)),
        table=_with_lines(view, found),
        source=RECONCILIATION,
    )


def _claims(view: View, chosen: Mapping[str, str]) -> Section:
    where = {"verdict": "contradicted"}
    if chosen[DOCUMENT]:
        where["document_id"] = chosen[DOCUMENT]
    columns = ("document_id", "line_number", "says", "computed_value", "claimed_value")
    found = read_table(view, CLAIMS, columns, where, ("document_id", "line_number"))
    return Section(
        "paastande",
        view.text(message("Claims of the texts that their own figures contradict")),
        lead=view.text(
            message("The claim is written in our own words; the line leads to the document.")
        ),
        table=_with_lines(view, found),
        source=CLAIMS,
    )


def _with_lines(view: View, table: Table) -> Table:
    """Let the line of a document lead to the document; a line is no amount."""
    rows = [
        [row[0], _line(view, row[0].value, row[1].value, is_short=True), *row[2:]]
        for row in table.rows
    ]
    return Table(table.columns, rows)


def _line(view: View, document: str | None, line: int | None, *, is_short: bool = False) -> Cell:
    if document is None or line is None:
        return Cell("–")
    text = str(line) if is_short else f"{document}, {line}"
    return Cell(text, line, f"{view.address(f'/kilder/{document}', linje=line)}#l{line}")


def _number(view: View, mart: str, column: str, value: int, key: Mapping[str, str]) -> Cell:
    address = number_address(view, mart, column, key)
    return Cell(format_value(value, view.language), value, address, is_number=True)


def _build_finding(view: View, finding_id: str) -> Page:
    found = view.connection.execute(
        "select title_en, explanation, kind, certainty, difference, recomputed_difference "
        f"from {FINDINGS} where finding_id = $finding",
        {"finding": finding_id},
    ).fetchone()
    if found is None:
        raise InputError(
            message(
                "there is no finding {finding}: the page of the audit lists them",
                finding=finding_id,
            )
        )
    title, explanation, kind, certainty, difference, recomputed = found
    return Page(
        title=title,
        lead=explanation,
        sections=[_figures(view, finding_id)],
        template="finding.html",
        extra={
            "message": message,
            "facts": [
                (message("Cause"), view.text(KINDS.get(kind, kind))),
                (message("Certainty"), view.text(CERTAINTIES.get(certainty, certainty))),
                (message("Difference as recorded"), difference or "–"),
                (
                    message("Difference computed again"),
                    "–" if recomputed is None else format_value(recomputed, view.language),
                ),
            ],
        },
    )


def _figures(view: View, finding_id: str) -> Section:
    rows = []
    for one in find_figures_of(view, finding_id):
        name = "printed_text" if one.value is None else "value"
        address = number_address(
            view, "core.fct_published_figures", name, {"figure_id": one.figure_id}
        )
        rows.append(
            [
                Cell(one.figure_id),
                Cell(one.printed_text or "–", one.value, address),
                _line(view, one.document_id, one.line),
            ]
        )
    columns = [
        Column("figure_id", view.text(message("Printed figure"))),
        Column("printed_text", view.text(message("Printed"))),
        Column("line", view.text(message("Document and line"))),
    ]
    return Section(
        "tal",
        view.text(message("The printed figures of the finding")),
        table=Table(columns, rows),
        source="audit.mart_figure_findings",
    )
