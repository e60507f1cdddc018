"""Runs declared checks on a DuckDB file and reads what Great Expectations found."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from great_expectations.core import ExpectationValidationResult
from great_expectations.datasource.fluent.interfaces import Batch

from expectations.check import Check
from expectations.duckdb_source import DuckDBSource, open_read_only
from klynge.quality import CheckResult

#: How many failing rows a result lists; it counts them all.
LISTED_ROWS = 20


@dataclass(frozen=True)
class _Finding:
    passed: bool
    observed: str = ""
    failing_rows: list[dict[str, str]] = field(default_factory=list)
    failing_count: int = 0
    error: str | None = None


def run(database: Path, checks: Sequence[Check]) -> list[CheckResult]:
    """Judge the tables of a DuckDB file: one result for each check, in the order of the checks.

    Rows are fetched for failing checks only. A check that cannot be made (no such table or
    column, an error in its SQL) is a failure with its error. Raises :class:`ValueError` if two
    checks have one id, and what :func:`expectations.duckdb_source.open_read_only` raises.
    """
    times_declared = Counter(check.check_id for check in checks)
    if twice := [check_id for check_id, times in times_declared.items() if times > 1]:
        raise ValueError(f"check ids must be unique; declared more than once: {', '.join(twice)}")
    with open_read_only(database) as source:
        return [_judge(source, check) for check in checks]


def _judge(source: DuckDBSource, check: Check) -> CheckResult:
    started = time.perf_counter()
    try:
        finding = _find(source.batch(check.looks_at), check)
    except Exception as problem:  # noqa: BLE001 (whatever stops a check, it has not passed)
        finding = _Finding(passed=False, error=_root_cause(problem))
    return CheckResult(
        check_id=check.check_id,
        looks_at=check.looks_at,
        says=check.says,
        passed=finding.passed,
        observed=finding.observed,
        failing_rows=finding.failing_rows,
        failing_count=finding.failing_count,
        seconds=round(time.perf_counter() - started, 3),
        error=finding.error,
    )


def _find(batch: Batch, check: Check) -> _Finding:
    # most checks of rows pass, and what they have to count is 0: nothing else is asked for at first
    verdict = batch.validate(
        check.expectation, result_format="BOOLEAN_ONLY" if check.judges_rows else "SUMMARY"
    )
    if error := _error(verdict):
        return _Finding(passed=False, error=error)
    if not check.judges_rows:
        return _Finding(bool(verdict.success), _observed(verdict.result, verdict.success))
    if verdict.success:
        return _Finding(passed=True, observed="failing rows: 0")
    return _with_rows(_counted(batch, check), batch, check)


def _counted(batch: Batch, check: Check) -> _Finding:
    result = batch.validate(check.expectation, result_format="SUMMARY").result
    count = result["unexpected_count"] if "element_count" in result else result["observed_value"]
    of_all = f" of {result['element_count']}" if "element_count" in result else ""
    return _Finding(passed=False, observed=f"failing rows: {count}{of_all}", failing_count=count)


def _with_rows(finding: _Finding, batch: Batch, check: Check) -> _Finding:
    verdict = batch.validate(
        check.expectation,
        result_format={
            "result_format": "COMPLETE",
            "partial_unexpected_count": LISTED_ROWS,
            "unexpected_index_column_names": list(check.keys),
        },
    )
    if error := _error(verdict):
        return replace(finding, error=f"the failing rows cannot be listed: {error}")
    details = verdict.result.get("details", verdict.result)
    rows = details.get("unexpected_rows") or details.get("partial_unexpected_index_list") or []
    if not rows or not rows[0].keys() >= set(check.keys):
        name = type(check.expectation).__name__
        error = f"{name} gives no keys of the failing rows: state the rule with no_row_breaks"
        return replace(finding, error=error)
    # the keys come first, so that a row says which one it is before what is wrong with it
    columns = dict.fromkeys((*check.keys, *rows[0]))
    listed = [{column: _text(row[column]) for column in columns} for row in rows[:LISTED_ROWS]]
    return replace(finding, failing_rows=listed)


def _observed(result: dict[str, object], success: bool | None) -> str:
    if result.get("observed_value") is not None:
        return _text(result["observed_value"])
    parts = {
        "unexpected": result.get("partial_unexpected_list"),
        "missing": result.get("partial_missing_list"),
    }
    found = "; ".join(f"{name}: {_text(values)}" for name, values in parts.items() if values)
    return found or ("as expected" if success else "not as expected")


def _error(verdict: ExpectationValidationResult) -> str | None:
    """Why the check could not be made, from either of the two shapes it is reported in."""
    info = verdict.exception_info or {}
    reports = [info] if "raised_exception" in info else list(info.values())
    messages = [r["exception_message"] for r in reports if r["raised_exception"]]
    return "; ".join(dict.fromkeys(_gist(message) for message in messages)) or None


def _root_cause(problem: BaseException) -> str:
    while problem.__cause__:
        problem = problem.__cause__
    return _gist(str(problem)) or type(problem).__name__


def _gist(message: str) -> str:
    # what follows is the query as Great Expectations rewrote it, and advice on SQLAlchemy
    return " ".join(re.split(r"\n\n|\n\[SQL", message, maxsplit=1)[0].split())


def _text(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return str(value)
