"""Drift in volume: a table that readers rely on has not lost rows since the current release."""

from collections.abc import Iterator, Mapping

from great_expectations.expectations import ExpectTableRowCountToBeBetween

from expectations.declaration import ANALYSIS, about

KEPT_PERCENT = 90

WATCHED_TABLES = (
    "core.fct_published_figures",
    "core.fct_performance_accounts",
    "core.fct_funding_sources",
    "core.fct_applications",
    "core.fct_decisions",
    "allocation.mart_expected_results",
    "audit.mart_call_print",
    "audit.mart_claims",
    "audit.mart_figure_reconciliation",
    "evaluation.mart_activity_attendance",
    "evaluation.mart_cluster_overview",
    "evaluation.mart_funding_mix",
    "evaluation.mart_participant_profile",
    "evaluation.mart_participation_coverage",
    "evaluation.mart_performance_development",
    "scores.mart_application_scores",
    "scores.mart_score_comparison",
)


def expectations() -> Iterator[tuple[str, ExpectTableRowCountToBeBetween]]:
    """One check for each watched table; its lower bound is a suite parameter."""
    for table in WATCHED_TABLES:
        yield (
            table,
            ExpectTableRowCountToBeBetween(
                min_value={"$PARAMETER": _parameter(table)},
                description=f"The table has at least {KEPT_PERCENT} per cent of the rows that it "
                "has in the current release, and at least one row.",
                meta=about(f"{table.partition('.')[2]}_has_not_shrunk", ANALYSIS),
            ),
        )


def parameters(former_rows: Mapping[str, int]) -> dict[str, int]:
    """The suite parameters, from the row counts of the current release by ``schema.table``.

    A table without a former count needs one row.
    """
    return {
        _parameter(table): max(1, round(KEPT_PERCENT * former_rows.get(table, 0) / 100))
        for table in WATCHED_TABLES
    }


def _parameter(table: str) -> str:
    return f"least_rows_of_{table.replace('.', '_')}"
