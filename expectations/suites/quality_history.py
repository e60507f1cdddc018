"""The history of check results: one row for each run and check, and consistent.

The gate judges the results of earlier runs. Publishing adds the results of its own run and then
judges the table again.
"""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import (
    ExpectColumnValuesToBeInSet,
    ExpectColumnValuesToNotBeNull,
    UnexpectedRowsExpectation,
)

from expectations.declaration import ENGINEER, build_suite
from expectations.grain import grain_check

TABLE = "audit.mart_quality_results"
GRAIN = ("run_id", "check_id")


class ResultsHaveAKnownOutcome(ExpectColumnValuesToBeInSet):
    column: str = "outcome"
    value_set: list[str] = ["published", "refused", "failed", "started"]
    description: str = "The outcome of every run is published, refused, failed or started."


class ResultsNameTheirRun(ExpectColumnValuesToNotBeNull):
    column: str = "run_id"
    description: str = "Every result has the id of its run."


class ResultsNameTheirCheck(ExpectColumnValuesToNotBeNull):
    column: str = "check_id"
    description: str = "Every result has the id of its check."


class PublishedRunsHaveARelease(UnexpectedRowsExpectation):
    description: str = "A run has a release exactly where its outcome is published."
    unexpected_rows_query: str = """
        select run_id, check_id, outcome, release_id
        from {batch}
        where (outcome = 'published') is distinct from (release_id is not null)
        order by all
    """


class FailuresSayWhenTheyBegan(UnexpectedRowsExpectation):
    description: str = "A result says when its failure was first seen exactly where it failed."
    unexpected_rows_query: str = """
        select run_id, check_id, passed, first_seen_at
        from {batch}
        where passed is distinct from (first_seen_at is null)
        order by all
    """


def suites() -> Iterator[ExpectationSuite]:
    """The suite of the quality history."""
    yield build_suite(
        TABLE,
        [
            grain_check(TABLE, GRAIN),
            ResultsHaveAKnownOutcome(),
            ResultsNameTheirRun(),
            ResultsNameTheirCheck(),
            PublishedRunsHaveARelease(),
            FailuresSayWhenTheyBegan(),
        ],
        owner=ENGINEER,
        keys=GRAIN,
    )
