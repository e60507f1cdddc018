"""Compare traces of random chains with the effect of deleting each raw row.

``KLYNGE_TEST_CHAINS`` is the number of chains. Each chain has its own seed, so that a failure can
be repeated.
"""

import os
from collections import Counter

import pytest

from tests.lineage.brute_force import outcomes

CHAINS = int(os.environ.get("KLYNGE_TEST_CHAINS", "500"))
CHUNK = 50
#: The quick tests run this many chains. The other chains are in long tests.
USUAL = 100


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(first, marks=[pytest.mark.long] if first >= USUAL else [])
        for first in range(0, CHAINS, CHUNK)
    ],
)
def test_what_is_proved_suffices_and_what_is_necessary_is_explained(first):
    statuses = Counter()
    for seed in range(first, min(first + CHUNK, CHAINS)):
        for figure, outcome in outcomes(seed):
            statuses[outcome.status] += 1
            message = f"chain {seed}, {figure}: {outcome}"
            assert outcome.sufficient or outcome.status != "proved", message
            assert not outcome.unexplained, message
    # only a few steps may be impossible to trace row by row
    assert statuses["proved"] + statuses["guarded"] > statuses.total() / 2, statuses
    assert not statuses["failed"], statuses
