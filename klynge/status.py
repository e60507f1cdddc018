"""The state of the warehouse: the current release, the last run, and the submissions."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from klynge import checkout, runs
from klynge.danish_time import danish_day
from klynge.errors import MachineError
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import read_contracts
from klynge.intake.dataset_names import describe_slot
from klynge.intake.erasure_list import ErasureEntry, list_path
from klynge.intake.inbox import Refusal, read_refusals, refusals_file
from klynge.intake.objections import describe_objection
from klynge.intake.refused import read_refused
from klynge.intake.set_aside import describe_record
from klynge.intake.submissions import (
    ExpectedSubmission,
    covered_slots,
    erased_submissions,
    expected_submissions,
    missing_submissions,
    which_loads_count,
)
from klynge.messages import Message, counted, joined, message
from klynge.overlay.acceptance import OverlayRefusal, read_overlay_refusal
from klynge.persons.erasing import find_brought_back
from klynge.raw_zone import SET_ASIDE, Load, read_ledger
from klynge.reference.seeds import read_reference
from klynge.releases.continuity import Loss, find_losses
from klynge.releases.reading import Release, find_outdated, list_releases, open_release
from klynge.runs import Run

#: If the current release is older than this, a nightly run is missing.
STALE_AFTER = timedelta(hours=26)


#: The states of the warehouse. A monitor should call an operator for a fault only;
#: missing submissions are a task of the secretariat.
HEALTHY, REPORTERS_BEHIND, FAULTY = "healthy", "reporters_behind", "faulty"


@dataclass(frozen=True)
class ReportedCount:
    """How many cluster organisations must report a dataset, and how many have reported it."""

    period: str
    dataset: str
    reported: int
    due: int


@dataclass(frozen=True)
class RefusedRows:
    """A load that counts, and the rows of its file that were refused.

    ``refused`` is as :func:`klynge.intake.refused.read_refused` returns it.
    """

    load: Load
    refused: dict[str, Any]


@dataclass(frozen=True)
class Status:
    """The state of the warehouse.

    ``problems`` are faults and open decisions; if any exists, the state is faulty. ``writer`` names
    the process that writes in the home right now. ``due`` are the submissions past their due date.
    ``missing`` are the due submissions that nobody has sent, or that were rejected or withdrawn.
    ``erased`` are the due submissions that were sent but whose rows were erased. ``reported`` has
    the number of accepted due submissions of cluster organisations. ``refused_rows`` are the loads
    that count, but whose files had refused rows; a correction replaces them. ``outdated`` are the
    losses: loads that no longer count, but whose rows are in the current release. ``unpublished``
    are the loads that count and are not in the current release. ``unreadable`` are the parts of the
    home that this user may not read; their content is left out.
    """

    release: Release | None
    manifest: dict[str, Any] | None
    age: timedelta | None
    last_run: Run | None
    writer: str | None
    refused: list[Refusal]
    held: list[Load]
    due: list[ExpectedSubmission]
    missing: list[ExpectedSubmission]
    erased: list[ExpectedSubmission]
    reported: list[ReportedCount]
    refused_rows: list[RefusedRows]
    outdated: list[Loss]
    unpublished: list[Load]
    problems: list[str]
    unreadable: list[Path]

    @property
    def state(self) -> str:
        """The state; reporters are behind if submissions are missing or have refused rows."""
        if self.problems:
            return FAULTY
        return REPORTERS_BEHIND if self.missing or self.refused_rows else HEALTHY


def read_status(home: Home, now: datetime | None = None) -> Status:
    """Read releases, runs, inbox and ledger; ``now`` is by default the current time.

    Raises :class:`MachineError` if this user may not read the home at all.
    """
    now = now or datetime.now(UTC)
    unreadable = _unreadable_parts(home)
    release = open_release(home=home) if (home.releases / "current").exists() else None
    manifest = release.manifest if release else None
    age = now - datetime.fromisoformat(manifest["created_at"]) if manifest else None
    writer = None if home.lock_file in unreadable else home.lock_holder()
    last_run = None if home.runs in unreadable else next(reversed(runs.list_runs(home)), None)
    refused = [] if refusals_file(home) in unreadable else read_refusals(home)
    ledger = [] if home.raw in unreadable else read_ledger(home)
    held = list(filter(_is_held, ledger))
    counting = [load for load in which_loads_count(ledger) if load.state == "loaded"]
    hidden = {home.raw, home.reference} & set(unreadable)
    hides_loads = {home.raw, list_path(home)} & set(unreadable)
    due = [] if hidden else _due(home, now)
    covered = covered_slots(home, due, ledger, read_contracts(checkout.CONTRACTS)) if due else set()
    overlay = None if home.reference in unreadable else read_overlay_refusal(home)
    # a user who may not read the lock cannot tell whether the last run is still running
    may_run = writer is not None or home.lock_file in unreadable
    problems = [
        *_release_problems(age),
        *_run_problems(last_run, may_run=may_run),
        *([_database_problem()] if release and not release.has_database else []),
        *map(_refusal_problem, refused),
        *map(_overlay_problem, [overlay] if overlay else []),
        *map(_held_problem, held),
        *(_set_aside_problem(load) for load in ledger if load.is_set_aside),
        *(
            _brought_back_problem(load, entry)
            for load, entry in ([] if hides_loads else find_brought_back(home))
        ),
        *(_outdated_problem(one) for one in list_releases(home) if _is_outdated(one, ledger)),
    ]
    return Status(
        release=release,
        manifest=manifest,
        age=age,
        last_run=last_run,
        writer=writer,
        refused=refused,
        held=held,
        due=due,
        missing=missing_submissions(due, ledger, covered),
        erased=erased_submissions(due, ledger, covered),
        reported=_count_reported(due, {load.slot for load in counting} | covered),
        refused_rows=_refused_rows(home, counting),
        outdated=[] if hidden else _outdated_loads(release, ledger),
        unpublished=[] if hidden or not manifest else _unpublished_loads(manifest, counting),
        problems=problems,
        unreadable=unreadable,
    )


def _count_reported(
    due: list[ExpectedSubmission], slots: set[tuple[str, str, str]]
) -> list[ReportedCount]:
    of_organisations = [one for one in due if one.organisation_id is not None]
    expected = Counter((one.period, one.dataset) for one in of_organisations)
    sent = Counter((one.period, one.dataset) for one in of_organisations if one.slot in slots)
    return [ReportedCount(*key, reported=sent[key], due=count) for key, count in expected.items()]


def _outdated_loads(release: Release | None, ledger: list[Load]) -> list[Loss]:
    # a release without a database holds no row of a load
    if release is None or not release.has_database:
        return []
    loads = release.manifest["inputs"]["loads"]
    entries = [one for one in loads if one["basis"] == "reported"]
    return list(find_losses(entries, which_loads_count(ledger), ledger))


def _unpublished_loads(manifest: Mapping[str, Any], counting: list[Load]) -> list[Load]:
    published = {one["load_id"] for one in manifest["inputs"]["loads"]}
    return [x for x in counting if x.basis == "reported" and x.load_id not in published]


def _refused_rows(home: Home, counting: list[Load]) -> list[RefusedRows]:
    found = [
        RefusedRows(load, refused)
        for load in counting
        if load.basis == "reported" and (refused := read_refused(home, load))
    ]
    return sorted(found, key=lambda one: one.load.slot)


def _due(home: Home, now: datetime) -> list[ExpectedSubmission]:
    expected = expected_submissions(
        read_contracts(checkout.CONTRACTS),
        read_reporting(read_reference(home)),
        danish_day(now),
    )
    return [one for one in expected if one.is_due]


def _unreadable_parts(home: Home) -> list[Path]:
    # an unreadable folder looks empty, so permissions are checked in advance
    if home.root.exists() and not os.access(home.root, os.R_OK | os.X_OK):
        raise MachineError(
            message(
                "{home} cannot be read: permission denied; run this as its owner, or let this user "
                "read it",
                home=str(home.root),
            )
        )
    zones = (home.runs, home.raw, home.inbox, home.reference)
    parts = (home.lock_file, *zones, refusals_file(home), list_path(home))
    return [part for part in parts if part.exists() and not _is_readable(part)]


def _is_readable(path: Path) -> bool:
    return os.access(path, os.R_OK | (os.X_OK if path.is_dir() else 0))


def _release_problems(age: timedelta | None) -> Iterator[str]:
    if age is None:
        yield message("nothing is published yet: run `klynge nightly`")
    elif age > STALE_AFTER:
        yield message(
            "the current release is {age} old: a nightly run is missing", age=describe_age(age)
        )


def _run_problems(run: Run | None, *, may_run: bool) -> Iterator[str]:
    if run is None:
        return
    if run.outcome in (runs.REFUSED, runs.FAILED):
        reason = run.reason or message("no reason is recorded")
        if not isinstance(reason, Message):
            reason = reason.splitlines()[0][:200]
        if run.failed_step:
            yield message(
                "the last run ({run_id}) was stopped at {step}: {reason}",
                run_id=run.run_id,
                step=run.failed_step,
                reason=reason,
            )
        else:
            yield message(
                "the last run ({run_id}) was stopped before its first step: {reason}",
                run_id=run.run_id,
                reason=reason,
            )
    elif run.outcome == runs.STARTED and not may_run:
        yield message(
            "the last run ({run_id}) was interrupted; the next run removes its unfinished files",
            run_id=run.run_id,
        )


def _refusal_problem(refusal: Refusal) -> str:
    return message("{file} is refused: {reason}", file=refusal.place, reason=refusal.reason)


def _overlay_problem(refusal: OverlayRefusal) -> str:
    return message(
        "the files in the folder reference/ are refused, and the reference data that were "
        "accepted last stay in use: {reason}",
        reason=refusal.reason,
    )


def _is_held(load: Load) -> bool:
    return load.state == "held"


def _held_problem(load: Load) -> str:
    return message(
        "load {load_id} ({slot}) is held and waits for a decision: {objections}; to decide: "
        "`klynge loads accept {load_id} --role ROLE --reason TEXT`, or `klynge loads reject` with "
        "the same options",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        objections=joined(map(describe_objection, load.about["objections"])),
    )


def _database_problem() -> str:
    return message(
        "the current release has no database, because some of its rows were erased and it could "
        "not be built without them: run `klynge nightly`"
    )


def _brought_back_problem(load: Load, entry: ErasureEntry) -> str:
    return message(
        "load {load_id} ({slot}) has rows again that {role} erased on {day}: {reason}; an older "
        "backup was restored, and the next nightly run erases these rows again",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        role=entry.role,
        day=danish_day(datetime.fromisoformat(entry.erased_at)),
        reason=entry.reason,
    )


def _is_outdated(release: Release, ledger: list[Load]) -> bool:
    return release.has_database and bool(find_outdated(release, ledger))


def _outdated_problem(release: Release) -> str:
    return message(
        "release {release_id} still has erased rows; the next nightly run removes its database",
        release_id=release.release_id,
    )


def _set_aside_problem(load: Load) -> str:
    return message(
        "load {load_id} ({slot}) is set aside, and the release is published without it: {reason}; "
        "`klynge loads show {load_id}` says what to do",
        load_id=load.load_id,
        slot=describe_slot(load.slot),
        reason=describe_record(load.about[SET_ASIDE]),
    )


def describe_age(age: timedelta) -> Message:
    """An age in a suitable unit: "3 days", "5 h", "12 min"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return message("{minutes} min", minutes=minutes)
    if minutes < 72 * 60:
        return message("{hours} h", hours=minutes // 60)
    return counted("{count} day", "{count} days", minutes // (24 * 60))
