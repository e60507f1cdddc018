"""Checks that facts and marts show every printed figure, and show it as it is printed."""

from collections.abc import Iterator

from great_expectations.expectations import (
    ExpectColumnDistinctValuesToBeInSet,
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import AUDIT, about
from klynge.messages import message

_ACCOUNTS = "core.fct_performance_accounts"

#: Where figures are shown: (table, column with the number, column with the id of the figure, column
#: of ``fct_published_figures`` that must have the same number).
_SHOWN = (
    (_ACCOUNTS, "value", "figure_id", "value"),
    (_ACCOUNTS, "printed_change", "change_figure_id", "value"),
    (_ACCOUNTS, "printed_average_per_cluster", "average_figure_id", "value"),
    (_ACCOUNTS, "printed_average_change", "average_change_figure_id", "value"),
    ("core.fct_funding_sources", "amount_kr", "figure_id", "amount_kr"),
    ("core.fct_applications", "applied_amount_kr", "figure_id", "amount_kr"),
    ("core.fct_applications", "score", "score_figure_id", "value"),
    ("core.fct_decisions", "recommended_amount_kr", "figure_id", "amount_kr"),
    ("scores.mart_score_comparison", "printed_value", "figure_id", "value"),
    ("scores.mart_score_comparison", "other_printed_value", "other_figure_id", "value"),
    ("allocation.mart_expected_results", "promised_value", "figure_id", "value"),
    ("evaluation.mart_performance_development", "value", "figure_id", "value"),
    ("evaluation.mart_accounts_funding", "amount_kr", "figure_id", "amount_kr"),
    ("evaluation.mart_funding_mix", "amount_kr", "figure_id", "amount_kr"),
    ("evaluation.mart_cluster_overview", "share_percent", "figure_id", "value"),
    ("evaluation.mart_cluster_overview", "national_total", "national_figure_id", "value"),
    ("evaluation.mart_participation_coverage", "printed_coverage_percent", "figure_id", "value"),
    ("evaluation.mart_participant_profile", "companies", "figure_id", "value"),
    ("evaluation.mart_activity_attendance", "average_participants", "figure_id", "value"),
)

#: For each role of a printed table, the tables that together must show all its numbers.
_SHOWN_IN_FULL = (
    ("development", (_ACCOUNTS,)),
    ("organisation_shares", ("evaluation.mart_cluster_overview",)),
    ("activity_attendance", ("evaluation.mart_activity_attendance",)),
    ("consumed_funding", ("core.fct_funding_sources",)),
    ("consumed_funding", ("evaluation.mart_funding_mix",)),
    ("applicants_by_area", ("core.fct_applications", "core.fct_decisions")),
)
#: Indicators of the numbers in notes below printed tables. No fact or mart has to show them.
_NOTES = "('share_sum', 'unvalidated_items')"


def _is_missing_in(table: str) -> str:
    figures = ", ".join(f"t.{figure}" for shown_in, _, figure, _ in _SHOWN if shown_in == table)
    return f"not exists (from {table} t where f.figure_id in ({figures}))"


class FiguresAreShownAsPrinted(UnexpectedRowsExpectation):
    description: str = message(
        "Published rows of facts and marts show the value that the document prints; "
        "other rows name no printed figure."
    )
    unexpected_rows_query: str = (
        "\nunion all\n".join(
            f"""
        select t.{figure} as figure_id, '{table}' as shown_in, '{column}' as shown_as,
            t.{column} as shown, f.{printed} as printed
        from {table} t left join {{batch}} f on t.{figure} = f.figure_id
        where t.basis = 'published' and t.{column} is distinct from f.{printed}
            or t.basis <> 'published' and t.{figure} is not null
        """
            for table, column, figure, printed in _SHOWN
        )
        + "\norder by all"
    )


class NoPrintedFigureIsLeftOut(UnexpectedRowsExpectation):
    description: str = message(
        "Facts and marts show every number of the printed tables that they are built from."
    )
    unexpected_rows_query: str = (
        "\nunion all\n".join(
            f"""
        select f.figure_id, '{" or ".join(tables)}' as missing_in, f.printed_text
        from {{batch}} f join core.dim_document_table d
            on f.document_id = d.document_id and f.table_id = d.table_id
        where d.table_role = '{role}'
            and f.value is not null and f.repeats_figure_id is null
            and f.indicator_id not in {_NOTES}
            and {" and ".join(map(_is_missing_in, tables))}
        """
            for role, tables in _SHOWN_IN_FULL
        )
        + "\norder by all"
    )


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the checks that cannot be written as an SQL file."""
    yield (
        "core.fct_published_figures",
        ExpectColumnDistinctValuesToBeInSet(
            column="basis",
            value_set=["published", "reported", "sample"],
            description=message("The basis of every figure is published, reported or sample."),
            meta=about("figures_have_a_known_basis", AUDIT),
        ),
    )
    yield "core.fct_published_figures", FiguresAreShownAsPrinted(meta={"owner": AUDIT})
    yield "core.fct_published_figures", NoPrintedFigureIsLeftOut(meta={"owner": AUDIT})
