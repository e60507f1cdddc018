"""What the project adds to an expectation: its id, its owner, its keys."""

import pytest
from great_expectations.expectations import (
    ExpectColumnValuesToNotBeNull,
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.declaration import (
    ENGINEER,
    build_suite,
    check_id,
    core_type,
    require_unique_ids,
)


class LoadsAreNamed(ExpectColumnValuesToNotBeNull):
    column: str = "load_id"
    description: str = "Every load has an id."


def test_the_id_of_a_check_is_its_class_name_or_is_given():
    assert check_id(LoadsAreNamed()) == "loads_are_named"
    assert check_id(LoadsAreNamed(meta={"check_id": "another"})) == "another"


def test_a_suite_names_its_table_and_every_check_its_owner():
    suite = build_suite(
        "core.fct_loads", [LoadsAreNamed(meta={"check_id": "another"})], owner=ENGINEER
    )
    [expectation] = suite.expectations
    assert suite.name == "core.fct_loads"
    assert expectation.meta == {"check_id": "another", "owner": ENGINEER}
    assert expectation.severity is FailureSeverity.CRITICAL


def test_ids_are_unique():
    suites = [build_suite(table, [LoadsAreNamed()], owner=ENGINEER) for table in ("a.b", "a.c")]
    require_unique_ids(suites[:1])
    with pytest.raises(ValueError, match="declared twice: loads_are_named"):
        require_unique_ids(suites)


def test_the_core_type_is_that_of_great_expectations():
    assert core_type(LoadsAreNamed()) is ExpectColumnValuesToNotBeNull
    rule = UnexpectedRowsExpectation(unexpected_rows_query="from {batch}")
    assert core_type(rule) is UnexpectedRowsExpectation
