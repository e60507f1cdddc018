"""Make records of runs that never took place."""

from dataclasses import asdict

from klynge import quality, runs
from klynge.home import Home, write_json
from klynge.quality import CheckResult
from klynge.runs import Run

FAILING_ROW = {"figure_id": "doc#c1", "value": "7", "source": "a.txt line 9: 7"}


def passed(check_id: str) -> CheckResult:
    return CheckResult(check_id, "core.t", "It holds.", True, "failing rows: 0", [], 0, 0.1, None)


def failed(check_id: str, rows: int = 1) -> CheckResult:
    observed = f"failing rows: {rows}"
    return CheckResult(
        check_id, "core.t", "It holds.", False, observed, [FAILING_ROW], rows, 0.1, None
    )


def past_run(home: Home, run_id: str, day: int, outcome: str, *results: CheckResult) -> Run:
    """Write the record of a run on a day of January 2026, with the given results of checks."""
    release_id = f"release-{run_id}" if outcome == runs.PUBLISHED else None
    run = Run(run_id, f"2026-01-{day:02d}T02:00:00+00:00", outcome, release_id=release_id)
    runs.folder(home, run_id).mkdir()
    write_json(runs.folder(home, run_id) / "run.json", asdict(run))
    if results:
        quality.keep_verdict(home, run_id, results)
    return run
