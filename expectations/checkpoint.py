"""Run suites as one Great Expectations checkpoint on a DuckDB file."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import great_expectations as gx
from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationSuiteValidationResult
from great_expectations.validator.v1_validator import Validator

from expectations.declaration import judges_rows
from expectations.duckdb_source import open_read_only

#: At most this many failing rows are listed in a result; the count includes all failing rows.
LISTED_ROWS = 20


class TableValidation(gx.ValidationDefinition):
    """Validates a suite on the table that has the suite's name.

    Listing failing rows is slow, and most rules have none. So all expectations are first validated
    with yes or no as the result. Then the failed expectations are validated again to list their
    rows. Expectations about the table as a whole are validated again to report the observed value.
    The columns that identify a failing row are in the suite's ``meta["keys"]``, because a
    checkpoint has only one result format for all tables.
    """

    def run(self, **options: Any) -> ExpectationSuiteValidationResult:
        """Validate the suite; Great Expectations defines ``options``."""
        began = time.perf_counter()
        result = super().run(**{**options, "result_format": "BOOLEAN_ONLY"})
        settled = {
            verdict.expectation_config.id
            for verdict in result.results
            if verdict.success
            and verdict.expectation_config
            and judges_rows(verdict.expectation_config.to_domain_obj())
        }
        closer = Validator(
            batch_definition=self.batch_definition,
            result_format={
                **options["result_format"],
                "unexpected_index_column_names": self.suite.meta["keys"],
            },
        ).validate_expectation_suite(
            gx.ExpectationSuite(
                name=self.suite.name,
                expectations=[
                    e.configuration for e in self.suite.expectations if e.id not in settled
                ],
            ),
            options["expectation_parameters"],
        )
        result.results = [
            *(r for r in result.results if r.expectation_config.id in settled),  # type: ignore[union-attr]
            *closer.results,
        ]
        cast("dict[str, Any]", result.meta)["seconds"] = time.perf_counter() - began
        return result


def seconds_of(result: ExpectationSuiteValidationResult) -> float:
    """The seconds in which a table was validated."""
    return float(cast("dict[str, Any]", result.meta)["seconds"])


def run_checkpoint(
    database: Path,
    name: str,
    suites: Sequence[gx.ExpectationSuite],
) -> CheckpointResult:
    """Validate each suite on the table of the same name, and return all results.

    An expectation that cannot be evaluated fails, for example because a table does not exist. Its
    result has the error. Raises the errors of :func:`expectations.duckdb_source.open_read_only`.
    """
    with open_read_only(database) as source:
        context = source.context
        validations = [
            context.validation_definitions.add(
                TableValidation(
                    name=suite.name,
                    data=source.batch_definition(suite.name),
                    suite=context.suites.add(suite),
                )
            )
            for suite in suites
        ]
        # a checkpoint that is added to the context would use plain validation definitions instead
        checkpoint = gx.Checkpoint(
            name=name,
            validation_definitions=validations,
            result_format={"result_format": "COMPLETE", "partial_unexpected_count": LISTED_ROWS},
        )
        return checkpoint.run()
