"""The first page: what the release has, and its headline figures."""

from dashboard.metric_tables import ask
from dashboard.sections import Page, Section
from dashboard.view import View
from klynge.messages import message


def build(view: View) -> Page:
    """Return the page."""
    answer = ask(view, "money_consumed", by=("period",))
    return Page(
        title=view.text(message("Overview")),
        lead=view.text(message("Figures about the Danish cluster programme")),
        sections=(
            Section(
                id="money",
                title=view.text(message("Money consumed by period")),
                table=answer.table,
                notes=answer.notes,
            ),
        ),
    )
