"""Check the values that facts and marts compute for printed figures.

The audit recomputes the same figures. Both computations must give the same values.
"""

from collections.abc import Iterator

from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import AUDIT
from klynge.messages import message

_DEVELOPMENT = """(
            select m.change, m.average_per_cluster, a.change_figure_id, a.average_figure_id
            from evaluation.mart_performance_development m
            join core.fct_performance_accounts a using (figure_id)
        )"""

#: The figures of a call that are computed from other printed figures. The audit does not recompute
#: two groups of them, so they are left out. The first is the table of applicants by area; the audit
#: compares the grants with its sum. The second is the zeros, because the audit has no rule that an
#: applicant without a decision gets nothing.
_CALL = """(
            from audit.mart_call_print p
            where basis = 'published' and computed_value <> 0 and not exists (
                from core.dim_document_table d
                where d.document_id = p.document_id and d.table_id = p.table_id
                    and d.table_role = 'applicants_by_area'
            )
        )"""
_COMPETITORS = (
    "(from scores.mart_score_comparison where basis = 'published' and agrees is not null)"
)

#: Values computed for printed figures: (table, column of the value, column that names the figure,
#: number of decimals to which the value is rounded).
_COMPUTED = (
    ("core.fct_performance_accounts", "recomputed_change", "change_figure_id", 6),
    ("core.fct_performance_accounts", "recomputed_average_per_cluster", "average_figure_id", 6),
    ("core.fct_performance_accounts", "recomputed_average_change", "average_change_figure_id", 6),
    (_DEVELOPMENT, "change", "change_figure_id", 1),
    (_DEVELOPMENT, "average_per_cluster", "average_figure_id", 2),
    ("evaluation.mart_participation_coverage", "coverage_percent", "figure_id", 2),
    (_CALL, "computed_value", "figure_id", 6),
    (_COMPETITORS, "value", "figure_id", 6),
    (_COMPETITORS, "other_value", "other_figure_id", 6),
)

#: The rules by which the audit recomputes these values.
_RULES = (
    "average_per_cluster",
    "change_in_percent",
    "change_in_points",
    "coverage",
    "grants_together",
    "mean_of_two_scores",
    "per_million_applied",
    "sum_over_organisations",
)


class ResultsAreThoseOfTheAudit(UnexpectedRowsExpectation):
    description: str = message(
        "A value computed next to a printed figure equals the value that the audit recomputes for "
        "that figure."
    )
    unexpected_rows_query: str = (
        "\nunion all\n".join(
            f"""
        select f.figure_id, '{column}' as computed_as, r.rule_id, t.{column} as computed,
            r.recomputed_value as audited
        from {table} t
        join core.fct_published_figures f on t.{figure} = f.figure_id and f.value is not null
        left join {{batch}} r on f.figure_id = r.figure_id and r.rule_id in {_RULES}
        where t.{column} is distinct from round(r.recomputed_value, {decimals})
        """
            for table, column, figure, decimals in _COMPUTED
        )
        + "\norder by all"
    )


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the check that compares computed values with the audit's values."""
    yield "audit.mart_figure_reconciliation", ResultsAreThoseOfTheAudit(meta={"owner": AUDIT})
