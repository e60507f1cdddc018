"""Check that the history of check results has one row per run and check, and is consistent.

The gate checks the results of earlier runs. Publishing adds the results of the current run, and
then runs these checks again.
"""

from collections.abc import Iterator

from great_expectations.expectations import (
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToNotBeNull,
)
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import WAREHOUSE, about
from expectations.grain import grain_check
from klynge.messages import message

TABLE = "audit.mart_quality_results"
GRAIN = ("run_id", "check_id")


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the checks of the history's grain and values."""
    yield TABLE, grain_check(TABLE, GRAIN)
    yield (
        TABLE,
        ExpectColumnValuesToBeInSet(
            column="outcome",
            value_set=["published", "refused", "failed", "started"],
            description=message(
                "The outcome of every run is published, refused, failed or started."
            ),
            meta=about("results_have_a_known_outcome", WAREHOUSE),
        ),
    )
    for column, name, says in (
        ("run_id", "run", message("Every result has the id of its run.")),
        ("check_id", "check", message("Every result has the id of its check.")),
    ):
        yield (
            TABLE,
            ExpectColumnValuesToNotBeNull(
                column=column,
                description=says,
                meta=about(f"results_name_their_{name}", WAREHOUSE),
            ),
        )
