"""Test caps and floors at their bounds."""

from decimal import Decimal

import pytest

from klynge.errors import InputError
from klynge.whatif.calls import Call
from klynge.whatif.changes import Changes, require_valid

CALL = Call("a_call", {"cluster": Decimal(100)}, ())


def test_a_cap_may_be_as_low_as_the_floor_and_no_lower():
    require_valid(Changes(cap_kr=Decimal(5), floor_kr=Decimal(5)), CALL)
    with pytest.raises(InputError, match="cap kr 4 is below floor kr 5"):
        require_valid(Changes(cap_kr=Decimal(4), floor_kr=Decimal(5)), CALL)
