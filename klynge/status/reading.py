"""Reads the state of the warehouse: the current release, the last run, and the submissions."""

import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from klynge import checkout, runs
from klynge.danish_time import danish_day
from klynge.errors import MachineError
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import read_contracts
from klynge.intake.erasure_list import list_path
from klynge.intake.inbox import is_settled, read_refusals, refusals_file
from klynge.intake.refused import read_refused
from klynge.intake.submissions import (
    ExpectedSubmission,
    covered_slots,
    erased_submissions,
    expected_submissions,
    missing_submissions,
    which_loads_count,
)
from klynge.messages import message
from klynge.overlay.acceptance import read_overlay_refusal
from klynge.persons.erasing import find_brought_back
from klynge.raw_zone import Load, read_ledger
from klynge.reference.seeds import read_reference
from klynge.releases.continuity import Loss, find_losses
from klynge.releases.reading import Release, find_outdated, list_releases, open_release
from klynge.status.sentences import (
    brought_back_fault,
    database_fault,
    held_load,
    outdated_fault,
    overlay_fault,
    refused_file,
    release_faults,
    run_faults,
    set_aside_fault,
)
from klynge.status.state import RefusedRows, ReportedCount, Status

#: If the current release is older than this, a nightly run is missing.
STALE_AFTER = timedelta(hours=26)


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
    refusals = [] if refusals_file(home) in unreadable else read_refusals(home)
    ledger = [] if home.raw in unreadable else read_ledger(home)
    settled = [refusal for refusal in refusals if is_settled(refusal, ledger)]
    refused = [refusal for refusal in refusals if refusal not in settled]
    held = list(filter(_is_held, ledger))
    counting = [load for load in which_loads_count(ledger) if load.state == "loaded"]
    hidden = {home.raw, home.reference} & set(unreadable)
    hides_loads = {home.raw, list_path(home)} & set(unreadable)
    due = [] if hidden else _due(home, now)
    covered = covered_slots(home, due, ledger, read_contracts(checkout.CONTRACTS)) if due else set()
    overlay = None if home.reference in unreadable else read_overlay_refusal(home)
    # a user who may not read the lock cannot tell whether the last run is still running
    may_run = writer is not None or home.lock_file in unreadable
    faults = [
        *release_faults(age, STALE_AFTER),
        *run_faults(last_run, may_run=may_run),
        *([database_fault()] if release and not release.has_database else []),
        *map(overlay_fault, [overlay] if overlay else []),
        *(set_aside_fault(load) for load in ledger if load.is_set_aside),
        *(
            brought_back_fault(load, entry)
            for load, entry in ([] if hides_loads else find_brought_back(home))
        ),
        *(outdated_fault(one) for one in list_releases(home) if _is_outdated(one, ledger)),
    ]
    return Status(
        release=release,
        manifest=manifest,
        age=age,
        last_run=last_run,
        writer=writer,
        refused=refused,
        settled=settled,
        held=held,
        due=due,
        missing=missing_submissions(due, ledger, covered),
        erased=erased_submissions(due, ledger, covered),
        reported=_count_reported(due, {load.slot for load in counting} | covered),
        refused_rows=_refused_rows(home, counting),
        outdated=[] if hidden else _outdated_loads(release, ledger),
        unpublished=[] if hidden or not manifest else _unpublished_loads(manifest, counting),
        faults=faults,
        problems=[*faults, *map(refused_file, refused), *map(held_load, held)],
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


def _is_held(load: Load) -> bool:
    return load.state == "held"


def _is_outdated(release: Release, ledger: list[Load]) -> bool:
    return release.has_database and bool(find_outdated(release, ledger))
