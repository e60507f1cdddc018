"""The records of runs in ``runs/<run_id>/``. A run that published nothing has a record, too."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from klynge.errors import InputError
from klynge.home import Home, machine_errors, read_json, require_readable, write_json
from klynge.messages import Message, message, restored, stored
from klynge.words import OUTCOMES

STARTED, PUBLISHED, REFUSED, FAILED = "started", "published", "refused", "failed"


@dataclass
class Run:
    """One run of the nightly job: its times, its outcome, and its release or error."""

    run_id: str
    started_at: str
    outcome: str = STARTED
    ended_at: str | None = None
    release_id: str | None = None
    failed_step: str | None = None
    reason: str | None = None

    @property
    def outcome_word(self) -> Message:
        """The outcome as a word for a reader."""
        return OUTCOMES[self.outcome]


def folder(home: Home, run_id: str) -> Path:
    """The folder of a run."""
    return home.runs / run_id


def start(home: Home, run_id: str) -> Run:
    """Record that a run has started, unless the run has a record already."""
    if (folder(home, run_id) / "run.json").exists():
        return read(home, run_id)
    with machine_errors(str(home.runs)):
        folder(home, run_id).mkdir(parents=True, exist_ok=True)
    run = Run(run_id, _now())
    _write(home, run)
    return run


def is_over(home: Home, run_id: str) -> bool:
    """Whether the run has ended; Dagster may set up the run's resources again after the end."""
    record = folder(home, run_id) / "run.json"
    return record.exists() and read(home, run_id).outcome != STARTED


def end(home: Home, run_id: str, outcome: str, **details: str | None) -> None:
    """Record how a run ended; the first outcome wins."""
    run = read(home, run_id)
    if run.outcome == STARTED:
        _write(home, Run(**{**asdict(run), "outcome": outcome, "ended_at": _now(), **details}))


def read(home: Home, run_id: str) -> Run:
    """The record of one run."""
    return _read(folder(home, run_id) / "run.json")


def list_runs(home: Home) -> list[Run]:
    """Every run, oldest first.

    Raises :class:`MachineError` if this user may not read the folder of runs.
    """
    require_readable(home.runs)
    records = [_read(path) for path in home.runs.glob("*/run.json")]
    return sorted(records, key=lambda run: run.started_at)


def find(home: Home, run_id: str | None = None) -> Run:
    """Find the run whose id is or begins with ``run_id``; None means the last run.

    Raises :class:`InputError` if no run or several runs match.
    """
    records = list_runs(home)
    if not records:
        raise InputError(
            message("nothing has run yet in {home}: run `klynge nightly`", home=str(home.root))
        )
    if run_id is None:
        return records[-1]
    named = [run for run in records if run.run_id.startswith(run_id)]
    if len(named) != 1:
        raise InputError(
            message(
                "no single run {run_id!r}: {folder} has a folder for each",
                run_id=run_id,
                folder=str(home.runs),
            )
        )
    return named[0]


def keep(home: Home, run_id: str, name: str, content: Any) -> None:
    """Store ``content`` as the JSON file ``name`` beside the run's record."""
    write_json(folder(home, run_id) / name, content)


def recall(home: Home, run_id: str, name: str) -> Any:
    """Read content that :func:`keep` stored."""
    return read_json(folder(home, run_id) / name)


def _read(path: Path) -> Run:
    run = Run(**read_json(path))
    return run if run.reason is None else replace(run, reason=restored(run.reason))


def _write(home: Home, run: Run) -> None:
    reason = None if run.reason is None else stored(run.reason)
    write_json(folder(home, run.run_id) / "run.json", {**asdict(run), "reason": reason})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
