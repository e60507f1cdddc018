"""What is shared out: as much as there is, to those selected, within what they applied for."""

from collections.abc import Iterable

from expectations.check import Check, no_row_breaks

_ALLOCATION = "allocation.mart_allocation"

#: What a pot can give is bounded by caps, for those without weight by floors.
_SPENT = """
    select call_id, scenario_id, basis, case when scope = 'grant_type' then grant_type_id end
            as pot_of,
        max(pot_state) as pot_state, max(pot_kr) as pot_kr,
        sum(recommended_amount_kr) as recommended_kr,
        case
            when max(pot_state) = 'incomplete' then null
            when max(pot_state) = 'floors_exceed_pot' then 0
            else least(
                max(pot_kr),
                coalesce(sum(case when weight > 0 then cap_kr else floor_kr end), 0)
            )
        end as to_be_given_kr
    from {batch}
    group by call_id, scenario_id, basis, pot_of
    having recommended_kr is distinct from to_be_given_kr
"""

_BOUNDS = """
    select scenario_id, basis, organisation_id, grant_type_id, recommended_amount_kr,
        applied_amount_kr, cap_kr, floor_kr
    from {batch}
    where recommended_amount_kr < 0 or recommended_amount_kr > applied_amount_kr
        or recommended_amount_kr > cap_kr
        or (
            recommended_amount_kr < floor_kr
            and pot_state in ('spent', 'everyone_full', 'nothing_weighs')
        )
"""

_NOT_SELECTED = """
    select scenario_id, basis, organisation_id, grant_type_id, reason, recommended_amount_kr
    from {batch}
    where recommended_amount_kr > 0 and selected is not true
"""

_ONE_AN_AREA = """
    select a.call_id, a.scenario_id, a.basis, a.area_id,
        list(distinct a.organisation_id order by a.organisation_id) as organisations
    from {batch} a
    join core.dim_call_parameter p
        on a.call_id = p.call_id and p.parameter = 'competition' and p.value = 'best_mean_in_area'
    where a.selected
    group by a.call_id, a.scenario_id, a.basis, a.area_id
    having count(distinct a.organisation_id) > 1
"""


def checks() -> Iterable[Check]:
    """The checks of this suite."""
    yield no_row_breaks(
        check_id="allocations_spend_the_pot",
        looks_at=_ALLOCATION,
        says="Awards add up to the pot or to all that can be given, to the øre; where applications "
        "are not known whole there are none.",
        broken_by=_SPENT,
        keys=("call_id", "scenario_id", "basis", "pot_of"),
    )
    yield no_row_breaks(
        check_id="allocations_keep_to_their_bounds",
        looks_at=_ALLOCATION,
        says="No award is below zero or its floor, or above its cap or what is applied for.",
        broken_by=_BOUNDS,
        keys=("scenario_id", "basis", "organisation_id", "grant_type_id"),
    )
    yield no_row_breaks(
        check_id="nothing_for_those_not_selected",
        looks_at=_ALLOCATION,
        says="Who is not selected is awarded nothing.",
        broken_by=_NOT_SELECTED,
        keys=("scenario_id", "basis", "organisation_id", "grant_type_id"),
    )
    yield no_row_breaks(
        check_id="one_organisation_shares_in_an_area",
        looks_at=_ALLOCATION,
        says="Where areas are competed for, one organisation at most is selected in each.",
        broken_by=_ONE_AN_AREA,
        keys=("call_id", "scenario_id", "basis", "area_id"),
    )
