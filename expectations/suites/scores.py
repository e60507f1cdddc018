"""Scores of applications: from the criteria, against the minimum, and beside what was decided."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_SCORES = "scores.mart_application_scores"

_CRITERIA_OF_GRANT = """
    select s.call_id, s.organisation_id, s.grant_type_id, s.criterion_id, s.source_row_key
    from {batch} s left join core.dim_criterion c using (criterion_id)
    where (s.call_id = c.call_id and s.grant_type_id = c.grant_type_id
        and c.weight_numerator is not null) is not true
"""

_ROUNDED = """
    select s.call_id, s.organisation_id, s.grant_type_id, s.basis, s.score, s.score_numerator,
        s.score_denominator, s.source_row_key
    from {batch} s join core.dim_call_parameter p
        on s.call_id = p.call_id and p.parameter = 'score_decimals'
    where s.score_origin = 'criteria' and (
        abs(2 * cast(s.score * 10000 as hugeint) * s.score_denominator
            - 20000 * cast(s.score_numerator as hugeint)) * 10 ** cast(p.value as integer)
        > 10000 * cast(s.score_denominator as hugeint)
    ) is not false
"""

_SELECTED = """
    select call_id, organisation_id, grant_type_id, basis, score, mean_score,
        lowest_criterion_score, source_row_key
    from {batch}
    where selected and (
        score is null
        or coalesce(lowest_criterion_score < minimum_criterion, false)
        or coalesce(
            case minimum_unit when 'organisation' then mean_score else score end < minimum_average,
            false
        )
    )
"""

#: A board may decide otherwise than the rule says; the print and the sample do not.
_OUTCOMES = """
    select call_id, organisation_id, grant_type_id, basis, computed_outcome, decided_outcome,
        reason, source_row_key, decision_figure_id as figure_id
    from {batch}
    where basis <> 'reported' and decided_outcome is not null
        and agrees_with_decision is not true
"""

#: Each score is rounded, so that their difference may be a last digit away from the criteria's.
_DIFFERENCES = """
    select c.call_id, c.area_id, c.basis, c.grant_type_id, c.organisation_id,
        c.other_organisation_id, sum(c.weighted_difference) as of_criteria,
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
"""


def checks() -> Iterable[Check]:
    """Criteria, rounding, minimum, comparison and outcome."""
    yield no_row_breaks(
        check_id="criteria_are_those_of_the_grant",
        looks_at="core.fct_criterion_scores",
        says="Only criteria of the call and the grant that have a weight are scored.",
        broken_by=_CRITERIA_OF_GRANT,
        keys=("organisation_id", "grant_type_id", "criterion_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="scores_are_rounded_once",
        looks_at=_SCORES,
        says="A score is at most half of its last digit from what the criteria give.",
        broken_by=_ROUNDED,
        keys=("organisation_id", "grant_type_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="selected_applications_meet_the_minimum",
        looks_at=_SCORES,
        says="Nobody is selected with a score or a criterion under the call's minimum.",
        broken_by=_SELECTED,
        keys=("organisation_id", "grant_type_id", "source_row_key"),
    )
    yield no_row_breaks(
        check_id="weighted_differences_give_the_scores",
        looks_at="scores.mart_score_comparison",
        says="Competitors' weighted differences give that of their scores, within rounding.",
        broken_by=_DIFFERENCES,
        keys=("area_id", "basis", "grant_type_id", "organisation_id", "other_organisation_id"),
    )
    yield no_row_breaks(
        check_id="outcomes_are_those_decided",
        looks_at=_SCORES,
        says="The outcome that follows from scores and rules is the one that is printed.",
        broken_by=_OUTCOMES,
        keys=("organisation_id", "grant_type_id", "figure_id", "source_row_key"),
    )
