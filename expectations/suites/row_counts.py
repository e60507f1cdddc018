"""Check that the loads of the current release still count and that no row of theirs is lost.

:mod:`klynge.releases.continuity` writes the tables of the schema ``comparison`` into the build. A
load may have a recorded reason why it no longer counts, such as a withdrawal or an erasure. Then
the parts that were built from the load are not compared, and the results of the checks give the
reason.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import ANALYSIS, WAREHOUSE, about
from klynge.messages import joined, message
from klynge.quality import CheckResult
from klynge.releases.continuity import SHRUNK, UNEXPLAINED, Continuity

KEPT_PERCENT = 90

#: Facts that are compared by submission and document. True if the print alone gives them rows, so
#: that they must never be empty.
FACTS = {
    "core.fct_activities": False,
    "core.fct_applications": True,
    "core.fct_company_population": False,
    "core.fct_criterion_scores": False,
    "core.fct_decisions": True,
    "core.fct_full_time_equivalents": False,
    "core.fct_funding_sources": True,
    "core.fct_indicator_results": False,
    "core.fct_memberships": False,
    "core.fct_participants": False,
    "core.fct_performance_accounts": True,
    "core.fct_published_figures": True,
}
#: Marts that are compared by basis. The print alone gives them rows, so they must never be empty.
MARTS = (
    "allocation.mart_expected_results",
    "audit.mart_call_print",
    "audit.mart_claims",
    "audit.mart_figure_reconciliation",
    "evaluation.mart_accounts_funding",
    "evaluation.mart_activity_attendance",
    "evaluation.mart_cluster_overview",
    "evaluation.mart_funding_mix",
    "evaluation.mart_participant_profile",
    "evaluation.mart_participation_coverage",
    "evaluation.mart_performance_development",
    "scores.mart_application_scores",
    "scores.mart_score_comparison",
)

_LOADS = "raw.loads"

#: The rows of each part of a fact. A part is a submission or a printed document.
_PARTS_OF_FACT = """
            select coalesce(l.reporter || ' ' || l.dataset || ' ' || l.period, r.row_load) as part
            from (select split_part(source_row_key, '#', 1) as row_load from {batch} as b) as r
            left join raw.loads as l on r.row_load = l.load_id and l.basis <> 'published'
"""
_PARTS_OF_MART = "select b.basis as part from {batch} as b"
_NOT_EMPTY = """
        union all
        select 'the whole table' as part, 1 as former_rows, 0 as present_rows
        where not exists (select 1 from {batch} as every_row)
"""


class TableHasNotShrunk(UnexpectedRowsExpectation):
    """Each part of a table that is built from the same loads as before has nearly as many rows."""


class FormerLoadsCountOrSayWhy(UnexpectedRowsExpectation):
    description: str = message(
        "Every load of the current release is in the build, or the ledger records why it is not."
    )
    unexpected_rows_query: str = """
        select load_id, dataset, reporter, period, rows_loaded
        from comparison.losses as l anti join {batch} as b using (load_id)
        where kind = 'unexplained'
        order by all
    """


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the check of the loads and a check of each compared table."""
    yield _LOADS, FormerLoadsCountOrSayWhy(meta=about(UNEXPLAINED, WAREHOUSE))
    for table, is_never_empty in FACTS.items():
        yield (
            table,
            _has_not_shrunk(
                table,
                message("submission or document"),
                _PARTS_OF_FACT,
                is_never_empty=is_never_empty,
            ),
        )
    for table in MARTS:
        yield table, _has_not_shrunk(table, message("basis"), _PARTS_OF_MART, is_never_empty=True)


def _has_not_shrunk(
    table: str, part: str, parts: str, *, is_never_empty: bool
) -> TableHasNotShrunk:
    return TableHasNotShrunk(
        description=message(
            "For each {part}, the table has at least {percent} per cent of the rows that it has in "
            "the current release{never_empty}; a part whose loads, for a recorded reason, no "
            "longer all count is not compared.",
            part=part,
            percent=KEPT_PERCENT,
            never_empty=message(", and at least one row") if is_never_empty else "",
        ),
        unexpected_rows_query=f"""
        with parts as ({parts}),
        present as (select part, count(*) as present_rows from parts group by part)
        select f.part, f.row_count as former_rows, coalesce(p.present_rows, 0) as present_rows
        from comparison.former_rows as f left join present as p using (part)
        where f.table_name = '{table}'
            and 100 * coalesce(p.present_rows, 0) < {KEPT_PERCENT} * f.row_count
        {_NOT_EMPTY if is_never_empty else ""}
        order by all
        """,
        meta=about(_check_id(table), ANALYSIS) | {"compares_releases": True},
    )


def with_losses(results: Iterable[CheckResult], continuity: Continuity) -> list[CheckResult]:
    """Add the reasons why loads are lost and why parts are not compared to the results."""
    reasons = {_check_id(table): list(why) for table, why in continuity.excused.items()}
    lawful = [loss.sentence for loss in continuity.losses if loss.kind != "unexplained"]
    reasons[UNEXPLAINED] = lawful
    return [
        replace(result, observed=joined([*reasons[result.check_id], result.observed]))
        if reasons.get(result.check_id)
        else result
        for result in results
    ]


def _check_id(table: str) -> str:
    return f"{table.partition('.')[2]}{SHRUNK}"
