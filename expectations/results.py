"""Turn Great Expectations' results into the results that the project keeps.

A :class:`klynge.quality.CheckResult` can be read without importing Great Expectations, which takes
seconds.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationValidationResult

from expectations.checkpoint import LISTED_ROWS, seconds_of
from expectations.declaration import check_id, judges_rows, rule_of
from klynge.messages import message
from klynge.quality import CheckResult


def describe(result: CheckpointResult) -> Iterator[CheckResult]:
    """Describe the result of each expectation, suite by suite.

    Great Expectations does not time single expectations. ``seconds`` is therefore the time of the
    table's checks divided by their number.
    """
    for validated in result.run_results.values():
        seconds = seconds_of(validated) / len(validated.results)
        for verdict in validated.results:
            yield _describe(verdict, validated.suite_name, round(seconds, 3))


def _describe(verdict: ExpectationValidationResult, table: str, seconds: float) -> CheckResult:
    expectation = verdict.expectation_config.to_domain_obj()  # type: ignore[union-attr]
    error = _error(verdict)
    found = {} if error else verdict.result
    count, rows = _failing_rows(found)
    if verdict.success and judges_rows(expectation):
        count = 0
    if count and not rows:
        error = "Great Expectations lists no keys of the failing rows: state the rule in SQL"
    return CheckResult(
        check_id=check_id(expectation),
        looks_at=table,
        says=rule_of(expectation),
        passed=bool(verdict.success) and not error,
        observed="" if error and not found else _observed(found, count, success=verdict.success),
        failing_rows=rows,
        failing_count=count or 0,
        seconds=seconds,
        error=error,
    )


def _failing_rows(found: Mapping[str, Any]) -> tuple[int | None, list[dict[str, str]]]:
    """Return the number of failing rows and the first of these rows.

    For a check of a whole table, the number is None and there are no rows.
    """
    if "details" in found and "unexpected_rows" in found["details"]:
        count, rows = found["observed_value"], found["details"]["unexpected_rows"]
    elif "element_count" in found:
        count, rows = found["unexpected_count"], found.get("partial_unexpected_index_list") or []
    else:
        return None, []
    return count, [{k: as_text(v) for k, v in row.items()} for row in rows[:LISTED_ROWS]]


def _observed(found: Mapping[str, Any], count: int | None, *, success: bool | None) -> str:
    if count is not None:
        if count and "element_count" in found:
            return message("failing rows: {rows} of {all}", rows=count, all=found["element_count"])
        return message("failing rows: {rows}", rows=count)
    if found.get("observed_value") is not None:
        return as_text(found["observed_value"])
    return message("as expected") if success else message("not as expected")


def _error(verdict: ExpectationValidationResult) -> str | None:
    """Say why the check could not be evaluated. Great Expectations reports this in two forms."""
    info = verdict.exception_info or {}
    reports = [info] if "raised_exception" in info else list(info.values())
    messages = [r["exception_message"] for r in reports if r["raised_exception"]]
    return "; ".join(dict.fromkeys(_first_lines(message) for message in messages)) or None


def _first_lines(message: str) -> str:
    # the other lines repeat the rewritten query and give advice on SQLAlchemy
    return " ".join(re.split(r"\n\n|\n\[SQL", message, maxsplit=1)[0].split())


def as_text(value: object) -> str:
    """Write a value as text, with all decimals, ``null`` for None, and commas in a list."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        return ", ".join(map(as_text, value))
    return str(value)
