"""Results of checks, and the stored results of every run.

This module does not import Great Expectations, which takes seconds, so the results show quickly.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from klynge import runs
from klynge.home import Home
from klynge.messages import Message, restored, stored
from klynge.runs import Run

#: The file with the results of the gate, in the run's folder and in the release.
VERDICT = "gate.json"
#: The file with the results of dbt's tests, in the run's folder and in the release.
TESTS = "tests.json"
#: The entry of a stored result that has the rule as a message.
RULE = "rule"
#: For each text of a result, the entry of the stored result that has the text as a message.
_MESSAGES = {"says": RULE, "observed": "observation"}
#: The folder of the Data Docs, in the run's folder and in the release.
DATA_DOCS = "quality"


@dataclass(frozen=True)
class CheckResult:
    """The result of a check. A check reads one table; a dbt test may also join several tables.

    ``looks_at`` is the table as ``schema.table``. ``says`` is the rule in one sentence.
    ``failing_rows`` holds the first failing rows. Every value is text: a decimal has all its
    digits, and a missing value is ``null``. ``failing_count`` is the number of all failing rows; it
    is 0 if the check is about the table as a whole. ``seconds`` is the time of the table's checks,
    divided by their number. ``error`` says why a check could not run, or why its rows could not be
    listed; a check with an error has not passed.
    """

    check_id: str
    looks_at: str
    says: str
    passed: bool
    observed: str
    failing_rows: list[dict[str, str]]
    failing_count: int
    seconds: float
    error: str | None

    def __str__(self) -> str:
        """Return the result as text for a person, one failing row per line."""
        lines = [f"{'passed' if self.passed else 'FAILED'}: {self.check_id} on {self.looks_at}"]
        lines.append(f"  {self.says}")
        if self.observed:
            lines.append(f"  observed: {self.observed}")
        lines += [f"  - {_fields(row)}" for row in self.failing_rows]
        unlisted = self.failing_count - len(self.failing_rows)
        if self.failing_rows and unlisted:
            lines.append(f"  … and {unlisted} more")
        if self.error:
            lines.append(f"  error: {self.error}")
        return "\n".join(lines)


def keep_verdict(
    home: Home, run_id: str, results: Sequence[CheckResult], name: str = VERDICT
) -> None:
    """Store the results of the gate, or of dbt's tests if ``name`` is :data:`TESTS`."""
    failed = [result.check_id for result in results if not result.passed]
    content = {
        "passed": not failed,
        "checks": len(results),
        "failed": failed,
        "results": [_content(result) for result in results],
    }
    runs.keep(home, run_id, name, content)


def discard_verdict(home: Home, run_id: str) -> None:
    """Remove the results of a run that builds again, because a run keeps only its last results."""
    (runs.folder(home, run_id) / VERDICT).unlink(missing_ok=True)


def _content(result: CheckResult) -> dict[str, Any]:
    """Return a result as JSON content; a text with translations is also kept as a message."""
    content = asdict(result)
    for name, entry in _MESSAGES.items():
        if isinstance(text := getattr(result, name), Message):
            content[entry] = stored(text)
    return content


def _result(content: Mapping[str, Any]) -> CheckResult:
    texts = {name: content[entry] for name, entry in _MESSAGES.items() if entry in content}
    values = {name: v for name, v in content.items() if name not in _MESSAGES.values()}
    return CheckResult(**values | {name: restored(text) for name, text in texts.items()})


def has_verdict(home: Home, run_id: str) -> bool:
    """Whether a run reached its checks, so that their results are stored."""
    return (runs.folder(home, run_id) / VERDICT).is_file()


def read_verdict(home: Home, run_id: str, name: str = VERDICT) -> dict[str, Any]:
    """Read the results that :func:`keep_verdict` stored."""
    content: dict[str, Any] = runs.recall(home, run_id, name)
    return content


def results_in(verdict: dict[str, Any]) -> list[CheckResult]:
    """The results of the checks in a stored verdict, in their order."""
    return [_result(one) for one in verdict["results"]]


def every_run(home: Home) -> Iterator[tuple[Run, list[CheckResult]]]:
    """Each run that reached its checks, oldest first, including runs that published nothing."""
    for run in runs.list_runs(home):
        if has_verdict(home, run.run_id):
            yield run, results_in(read_verdict(home, run.run_id))


def worst_first(results: Iterable[CheckResult]) -> list[CheckResult]:
    """Sort checks: first those that could not run, then failed checks, then passed checks.

    A failed check with more failing rows comes before one with fewer.
    """
    return sorted(results, key=lambda r: (r.passed, r.error is None, -r.failing_count))


def _fields(row: dict[str, str]) -> str:
    return ", ".join(f"{column}: {value}" for column, value in row.items())
