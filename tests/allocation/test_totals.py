"""The lines of an answer that add up its applications."""

from decimal import Decimal

import pyarrow as pa

from klynge.whatif.answers import lines
from klynge.whatif.what_if import Outcome


def test_the_share_of_a_total_is_rounded_half_away_from_zero():
    amounts = {"applied_amount_kr": [Decimal("3.00")], "recommended_amount_kr": [Decimal("2.00")]}
    application = {"organisation_id": ["made"], **amounts, "share": [Decimal("0.666667")]}
    total = {"grant_type": ["all"], "applications": [1], "selected": [1], **amounts}
    outcome = Outcome(
        "proportional", "call", pa.table(application), pa.table({}), pa.table(total), (), ()
    )
    assert [(row["organisation_id"], row["share"]) for row in lines(outcome)] == [
        ("made", Decimal("0.666667")),
        ("total", Decimal("0.666667")),
    ]
