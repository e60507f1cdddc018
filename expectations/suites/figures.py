"""The printed figures themselves: all there, and saying the same where they stand twice."""

from collections.abc import Iterable, Mapping

from great_expectations.expectations import (
    ExpectColumnDistinctValuesToBeInSet,
    ExpectTableRowCountToBeBetween,
)

from expectations.check import Check, no_row_breaks

_TABLE = "core.fct_published_figures"
_KEYS = ("figure_id", "source_row_key")

#: What readers rely on; a release whose table has shrunk this far is not let through unseen.
_WATCHED = (
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
_KEPT_SHARE = 0.9

_BASES = ["published", "reported", "sample"]

_REPEATED = """
    select c.figure_id, c.printed_text, c.value, o.printed_text as first_text,
        o.value as first_value, o.line_number as first_line, c.line_number, c.source_row_key
    from {batch} c join core.fct_published_figures o on c.repeats_figure_id = o.figure_id
    where c.value is distinct from o.value
"""


def checks(former_rows: Mapping[str, int] | None = None) -> Iterable[Check]:
    """``former_rows`` are the row counts of the current release, by ``schema.table``."""
    former_rows = former_rows or {}
    for table in _WATCHED:
        yield Check(
            check_id=f"{table.split('.')[1]}_has_not_shrunk",
            looks_at=table,
            says="The table has rows, and at least nine tenths of the current release's.",
            expectation=ExpectTableRowCountToBeBetween(
                min_value=max(1, round(_KEPT_SHARE * former_rows.get(table, 0)))
            ),
        )
    yield Check(
        check_id="figures_have_a_known_basis",
        looks_at=_TABLE,
        says="A figure is published, reported or a sample; nothing else.",
        expectation=ExpectColumnDistinctValuesToBeInSet(column="basis", value_set=_BASES),
    )
    yield no_row_breaks(
        check_id="repeated_figures_say_the_same",
        looks_at=_TABLE,
        says="Where the text layer repeats a cell, the copy states the same value.",
        broken_by=_REPEATED,
        keys=_KEYS,
    )
