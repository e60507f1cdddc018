"""What a declaration refuses, because it could not be judged faithfully."""

import pytest
from great_expectations.expectations import (
    ExpectColumnValuesToBeBetween,
    ExpectTableRowCountToEqual,
)

from expectations.check import Check, no_row_breaks


def check(expectation, looks_at="core.fct_loads", keys=()):
    return Check("a_check", looks_at, "It holds.", expectation, keys)


def rule(broken_by="select load_id from {batch}", keys=("load_id",)):
    return no_row_breaks(
        check_id="a_rule",
        looks_at="core.fct_loads",
        says="It holds.",
        broken_by=broken_by,
        keys=keys,
    )


def test_a_table_is_named_with_its_schema():
    with pytest.raises(ValueError, match=r"a_check: looks_at 'fct_loads' must be schema\.table"):
        check(ExpectTableRowCountToEqual(value=1), looks_at="fct_loads")


def test_rows_that_can_fail_have_keys():
    with pytest.raises(ValueError, match="name the key columns"):
        check(ExpectColumnValuesToBeBetween(column="rows_read", min_value=0))
    with pytest.raises(ValueError, match="name the key columns"):
        rule(keys=())


def test_no_row_may_fail_unnamed():
    with pytest.raises(ValueError, match="every row counts"):
        check(
            ExpectColumnValuesToBeBetween(column="rows_read", min_value=0, mostly=0.9),
            keys=("load_id",),
        )


def test_a_rule_looks_at_its_table():
    with pytest.raises(ValueError, match=r"must look at \{batch\}"):
        rule(broken_by="select load_id from core.fct_loads")
