"""A what-if on the applications that a release itself holds."""

from decimal import Decimal

import pytest

from klynge.errors import InputError
from klynge.releases.reading import open_release
from klynge.whatif.changes import Changes
from klynge.whatif.what_if import open_what_if

CALL = "klyngeprogram_2025_2028"
_AWARDS = """
    select organisation_id, grant_type_id, recommended_amount_kr, minimum_met, reason
    from allocation.mart_allocation
    where basis = 'sample'
    order by organisation_id, grant_type_id
"""


@pytest.fixture(scope="module")
def sample(sampled):
    return open_release(home=sampled)


def _tried(release, *, restricted=True, **changes):
    with open_what_if(release, CALL, restricted=restricted) as what_if:
        return what_if.allocate(what_if.read_released("sample"), Changes(**changes))


@pytest.mark.parametrize("restricted", [True, False])
def test_without_changes_the_awards_are_those_of_the_release(sample, restricted):
    outcome = _tried(sample, restricted=restricted)
    awards = [
        (row["organisation_id"], row["grant_type"], row["recommended_amount_kr"])
        for row in outcome.by_application.to_pylist()
    ]
    expected = sample.arrow(_AWARDS).to_pylist()
    assert awards == [tuple(row.values())[:3] for row in expected]
    # the analysts' edition has no scores of criteria, so their minimum is not checked
    assert outcome.has_unchecked_criteria is not restricted
    assert {row["reason"] for row in outcome.by_application.to_pylist()} == {
        row["reason"] for row in expected
    }


def test_a_minimum_of_each_criterion_needs_the_restricted_edition(sample):
    outcome = _tried(sample, minimum_criterion=Decimal(10))
    assert not any(row["selected"] for row in outcome.by_application.to_pylist())
    with pytest.raises(InputError, match="needs a column for each criterion"):
        _tried(sample, restricted=False, minimum_criterion=Decimal(10))


def test_a_part_of_the_applications_is_not_shared_out(release):
    with (
        open_what_if(release, CALL) as what_if,
        pytest.raises(InputError, match="known for 2 of 14 applicants"),
    ):
        what_if.read_released("published")


def test_a_basis_without_applications(release):
    with (
        open_what_if(release, CALL) as what_if,
        pytest.raises(InputError, match="no applications to klyngeprogram_2025_2028"),
    ):
        what_if.read_released("reported")
