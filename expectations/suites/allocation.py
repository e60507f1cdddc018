"""Allocation: awards spend the pot, keep to their bounds and go to selected applicants only."""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations.declaration import SECRETARIAT, build_suite


class AllocationsSpendThePot(UnexpectedRowsExpectation):
    """The caps bound what a pot can give; where a weight is 0, the floor does."""

    description: str = (
        "The awards of a pot add up to the pot, or to the most that their caps allow, to the øre; "
        "a pot with incomplete applications has no awards."
    )
    unexpected_rows_query: str = """
        select call_id, scenario_id, basis,
            case when scope = 'grant_type' then grant_type_id end as pot_of,
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
        order by all
    """


class AllocationsKeepToTheirBounds(UnexpectedRowsExpectation):
    description: str = (
        "An award is at least 0 and at least its floor, and at most its cap and the amount applied "
        "for."
    )
    unexpected_rows_query: str = """
        select scenario_id, basis, organisation_id, grant_type_id, recommended_amount_kr,
            applied_amount_kr, cap_kr, floor_kr
        from {batch}
        where recommended_amount_kr < 0 or recommended_amount_kr > applied_amount_kr
            or recommended_amount_kr > cap_kr
            or (
                recommended_amount_kr < floor_kr
                and pot_state in ('spent', 'everyone_full', 'nothing_weighs')
            )
        order by all
    """


class NothingForThoseNotSelected(UnexpectedRowsExpectation):
    description: str = "An application that is not selected gets no award."
    unexpected_rows_query: str = """
        select scenario_id, basis, organisation_id, grant_type_id, reason, recommended_amount_kr
        from {batch}
        where recommended_amount_kr > 0 and selected is not true
        order by all
    """


class OneOrganisationSharesInAnArea(UnexpectedRowsExpectation):
    description: str = (
        "In a call whose applicants compete within areas, at most one organisation is selected in "
        "an area."
    )
    unexpected_rows_query: str = """
        select a.call_id, a.scenario_id, a.basis, a.area_id,
            list(distinct a.organisation_id order by a.organisation_id) as organisations
        from {batch} a
        join core.dim_call_parameter p
            on a.call_id = p.call_id
            and p.parameter = 'competition' and p.value = 'best_mean_in_area'
        where a.selected
        group by a.call_id, a.scenario_id, a.basis, a.area_id
        having count(distinct a.organisation_id) > 1
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """The suite of the allocation."""
    yield build_suite(
        "allocation.mart_allocation",
        [
            AllocationsSpendThePot(),
            AllocationsKeepToTheirBounds(),
            NothingForThoseNotSelected(),
            OneOrganisationSharesInAnArea(),
        ],
        owner=SECRETARIAT,
    )
