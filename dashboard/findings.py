"""The findings of the audit that concern printed figures, and what the audit says of a figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.view import View
from klynge.messages import message

#: How sure a finding is.
CERTAINTIES = {
    "proven": message("proven"),
    "likely": message("likely"),
    "open": message("not settled"),
}
#: What the audit says of a printed figure that it computed again from other printed figures.
VERDICTS = {
    "agrees": message("The audit computed the figure again from other printed figures: it agrees."),
    "agrees_after_rounding": message(
        "The audit computed the figure again from other printed figures: it agrees when rounded."
    ),
    "contradicts": message(
        "The audit computed the figure again from other printed figures: it does NOT agree."
    ),
    "not_checkable": message("The audit cannot compute the figure from other printed figures."),
}
#: At most this many findings of one number are listed.
LISTED = 12


@dataclass(frozen=True)
class Finding:
    """A finding of the audit that names a printed figure."""

    finding_id: str
    title: str
    explanation: str
    kind: str
    certainty: str
    figures: int


def find_findings(view: View, figure_ids: Sequence[str]) -> list[Finding]:
    """Return the findings that name one of the printed figures; the surest first."""
    if not figure_ids:
        return []
    rows = view.connection.execute(
        "select finding_id, any_value(title_en), any_value(explanation), any_value(kind), "
        "any_value(certainty), count(distinct figure_id) "
        "from audit.mart_figure_findings where list_contains($figures, figure_id) "
        "group by finding_id order by any_value(certainty) = 'proven' desc, 6 desc, finding_id",
        {"figures": list(figure_ids)},
    ).fetchall()
    return [Finding(*row) for row in rows]


@dataclass(frozen=True)
class PrintedFigure:
    """Where a figure is printed, and the verdict of the audit about it."""

    figure_id: str
    document_id: str
    document: str
    line: int
    printed_text: str
    verdict: str | None
    reason: str | None
    rule: str | None
    recomputed: Any


def find_printed(view: View, figure_id: str | None) -> PrintedFigure | None:
    """Return where a figure is printed; None if the release has no such printed figure."""
    if not figure_id:
        return None
    found = view.connection.execute(
        "select f.figure_id, f.document_id, d.title, f.line_number, f.printed_text, "
        "r.verdict, r.reason, r.rule_label_en, r.recomputed_value "
        "from core.fct_published_figures f join core.dim_document d using (document_id) "
        "left join audit.mart_figure_reconciliation r on r.figure_id = f.figure_id "
        "where f.figure_id = $figure order by r.verdict = 'contradicts' desc limit 1",
        {"figure": figure_id},
    ).fetchone()
    return PrintedFigure(*found) if found else None


@dataclass(frozen=True)
class NamedFigure:
    """A printed figure that a finding names."""

    figure_id: str
    document_id: str
    line: int
    printed_text: str | None
    value: Any


def find_figures_of(view: View, finding_id: str) -> list[NamedFigure]:
    """Return the printed figures that a finding names, in the order of their lines."""
    rows = view.connection.execute(
        "select distinct figure_id, document_id, line_number, printed_text, printed_value "
        "from audit.mart_figure_findings where finding_id = $finding "
        "order by document_id, line_number, figure_id",
        {"finding": finding_id},
    ).fetchall()
    return [NamedFigure(*row) for row in rows]
