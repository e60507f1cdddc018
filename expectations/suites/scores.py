"""Scores of applications: computed from the criteria, and compared with the decisions."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import SECRETARIAT, build_suite


class CriteriaAreThoseOfTheGrant(UnexpectedRowsExpectation):
    description: str = (
        "Every scored criterion belongs to the call and the grant type of the score and has a "
        "weight."
    )
    unexpected_rows_query: str = """
        select s.organisation_id, s.grant_type_id, s.criterion_id, s.source_row_key, s.call_id
        from {batch} s left join core.dim_criterion c using (criterion_id)
        where (s.call_id = c.call_id and s.grant_type_id = c.grant_type_id
            and c.weight_numerator is not null) is not true
        order by all
    """


class ScoresAreRoundedOnce(UnexpectedRowsExpectation):
    description: str = (
        "A score differs from the weighted criteria by at most half of its last decimal."
    )
    unexpected_rows_query: str = """
        select s.organisation_id, s.grant_type_id, s.source_row_key, s.call_id, s.basis, s.score,
            s.score_numerator, s.score_denominator
        from {batch} s join core.dim_call_parameter p
            on s.call_id = p.call_id and p.parameter = 'score_decimals'
        where s.score_origin = 'criteria' and (
            abs(2 * cast(s.score * 10000 as hugeint) * s.score_denominator
                - 20000 * cast(s.score_numerator as hugeint)) * 10 ** cast(p.value as integer)
            > 10000 * cast(s.score_denominator as hugeint)
        ) is not false
        order by all
    """


class SelectedApplicationsMeetTheMinimum(UnexpectedRowsExpectation):
    description: str = (
        "A selected application has a score, and neither the score nor a criterion is below the "
        "minimum of the call."
    )
    unexpected_rows_query: str = """
        select organisation_id, grant_type_id, source_row_key, call_id, basis, score, mean_score,
            lowest_criterion_score
        from {batch}
        where selected and (
            score is null
            or coalesce(lowest_criterion_score < minimum_criterion, false)
            or coalesce(
                case minimum_unit when 'organisation' then mean_score else score end
                    < minimum_average,
                false
            )
        )
        order by all
    """


class OutcomesAreThoseDecided(UnexpectedRowsExpectation):
    """A board may decide otherwise than the rule says; the print and the sample do not."""

    description: str = (
        "The outcome that follows from the scores and the rules of a call is the decided outcome, "
        "in print and in the sample."
    )
    unexpected_rows_query: str = """
        select organisation_id, grant_type_id, decision_figure_id as figure_id, source_row_key,
            call_id, basis, computed_outcome, decided_outcome, reason
        from {batch}
        where basis <> 'reported' and decided_outcome is not null
            and agrees_with_decision is not true
        order by all
    """


class WeightedDifferencesGiveTheScores(UnexpectedRowsExpectation):
    """Each score is rounded, so their difference may be off by one in the last decimal."""

    description: str = (
        "The weighted differences between two competitors add up to the difference of their "
        "scores, within rounding."
    )
    unexpected_rows_query: str = """
        select c.area_id, c.basis, c.grant_type_id, c.organisation_id, c.other_organisation_id,
            c.call_id, sum(c.weighted_difference) as of_criteria,
            any_value(s.difference) as of_scores
        from {batch} c join scores.mart_score_comparison s
            on c.call_id = s.call_id and c.area_id = s.area_id and c.basis = s.basis
            and c.grant_type_id = s.grant_type_id and c.organisation_id = s.organisation_id
            and c.other_organisation_id = s.other_organisation_id and s.measure = 'weighted_score'
        join core.dim_call_parameter p
            on c.call_id = p.call_id and p.parameter = 'score_decimals'
        where c.kind = 'criterion'
        group by c.call_id, c.area_id, c.basis, c.grant_type_id, c.organisation_id,
            c.other_organisation_id, p.value
        having count(c.weighted_difference) = count(*)
            and abs(of_criteria - of_scores) > 0.1 ** cast(p.value as integer) + 0.00001
        order by all
    """


class AnAreaChangesAsOftenAsItsApplications(UnexpectedRowsExpectation):
    """An area contains its applications, and a call its areas."""

    description: str = (
        "The outcome of an area changes in at least as many draws as that of each of its "
        "applications, and the outcome of a call in at least as many as that of each area."
    )
    unexpected_rows_query: str = """
        select part.call_id, part.basis, part.area_id, part.organisation_id, part.grant_type_id,
            part.varied, part.minimum_changed_draws, part.selected_changed_draws,
            whole.minimum_changed_draws as minimum_changed_of_whole,
            whole.selected_changed_draws as selected_changed_of_whole
        from {batch} part
        join scores.mart_score_sensitivity whole
            on part.call_id = whole.call_id and part.basis = whole.basis
            and part.varied = whole.varied and whole.organisation_id is null
            and (
                (part.organisation_id is not null and part.area_id = whole.area_id)
                or (part.organisation_id is null and whole.area_id is null)
            )
        where part.minimum_changed_draws > whole.minimum_changed_draws
            or part.selected_changed_draws > whole.selected_changed_draws
            or whole.selected_changed_draws > whole.draws
        order by all
    """


class DrawnAwardsAreInOrder(UnexpectedRowsExpectation):
    description: str = (
        "The lowest award of all draws, the 5th percentile, the median, the 95th percentile and "
        "the highest award are in ascending order and not negative."
    )
    unexpected_rows_query: str = """
        select call_id, basis, organisation_id, grant_type_id, varied, award_lowest_kr,
            award_p5_kr, award_median_kr, award_p95_kr, award_highest_kr
        from {batch}
        where not (
            0 <= award_lowest_kr and award_lowest_kr <= award_p5_kr
            and award_p5_kr <= award_median_kr and award_median_kr <= award_p95_kr
            and award_p95_kr <= award_highest_kr
        )
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """One suite for each table of scores."""
    yield build_suite(
        "core.fct_criterion_scores", [CriteriaAreThoseOfTheGrant()], owner=SECRETARIAT
    )
    yield build_suite(
        "scores.mart_application_scores",
        [ScoresAreRoundedOnce(), SelectedApplicationsMeetTheMinimum(), OutcomesAreThoseDecided()],
        owner=SECRETARIAT,
    )
    yield build_suite(
        "scores.mart_score_comparison", [WeightedDifferencesGiveTheScores()], owner=SECRETARIAT
    )
    yield build_suite(
        "scores.mart_score_sensitivity",
        [AnAreaChangesAsOftenAsItsApplications(), DrawnAwardsAreInOrder()],
        owner=SECRETARIAT,
    )
