"""How the warehouse is: the current release, the last run, and what came in or did not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from klynge import checkout, runs
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.intake.door import TIME_ZONE
from klynge.intake.inbox import Refusal, read_refusals
from klynge.intake.submissions import Submission, expected_submissions, read_reporting
from klynge.raw_zone import Load, read_ledger
from klynge.releases.reading import Release, open_release
from klynge.runs import Run

#: A nightly job that has not published for longer than this has missed a night.
STALE_AFTER = timedelta(hours=26)


@dataclass(frozen=True)
class Status:
    """The state of the warehouse; ``problems`` is empty when all is well.

    What is missing is no problem of the warehouse: ``expected`` are the submissions that were due
    by now, ``missing`` those of them that nobody has sent, or that were rejected.
    """

    release: Release | None
    manifest: dict[str, Any] | None
    age: timedelta | None
    last_run: Run | None
    running: bool
    refused: list[Refusal]
    held: list[Load]
    expected: list[Submission]
    missing: list[Submission]
    problems: list[str]


def read_status(home: Home, now: datetime | None = None) -> Status:
    """Look at releases, runs, inbox and ledger; ``now`` is the clock unless given."""
    now = now or datetime.now(UTC)
    running = home.is_locked()
    all_runs = runs.list_runs(home)
    last_run = all_runs[-1] if all_runs else None
    problems: list[str] = []
    release = open_release(home=home) if (home.releases / "current").exists() else None
    manifest, age = None, None
    if release is None:
        problems.append("nothing is published yet: run `klynge nightly`")
    else:
        manifest = release.manifest
        age = now - datetime.fromisoformat(manifest["created_at"])
        if age > STALE_AFTER:
            problems.append(f"the current release is {describe_age(age)} old: a night was missed")
    if last_run and last_run.outcome in (runs.REFUSED, runs.FAILED):
        problems.append(
            f"the last run ({last_run.run_id}) was stopped at {last_run.failed_step}: "
            f"{(last_run.reason or '').splitlines()[0][:200]}"
        )
    if last_run and last_run.outcome == runs.STARTED and not running:
        problems.append(f"the last run ({last_run.run_id}) was cut short; the next one clears up")
    refused = read_refusals(home)
    problems += [f"{refusal.place} is refused: {refusal.reason}" for refusal in refused]
    ledger = read_ledger(home)
    held = [load for load in ledger if load.state == "held"]
    problems += [
        f"load {load.load_id} ({' '.join(load.slot)}) is held and waits for a decision: "
        f"{'; '.join(load.about['objections'])}"
        for load in held
    ]
    expected = expected_submissions(
        read_contracts(checkout.CONTRACTS),
        read_reporting(checkout.SEEDS),
        now.astimezone(TIME_ZONE).date(),
    )
    sent = {load.slot for load in ledger if load.state != "rejected"}
    missing = [submission for submission in expected if submission.slot not in sent]
    return Status(
        release, manifest, age, last_run, running, refused, held, expected, missing, problems
    )


def describe_age(age: timedelta) -> str:
    """An age in the largest unit that says enough: "3 days", "5 h", "12 min"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 72 * 60 else f"{minutes // (24 * 60)} days"
