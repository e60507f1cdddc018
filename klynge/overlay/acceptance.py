"""Accept or refuse proposed reference data, for a person or for the nightly run."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from klynge.errors import InputError
from klynge.home import Home, machine_errors, read_json, write_atomically, write_json
from klynge.messages import message, restored, stored
from klynge.overlay.differences import ADDED, CHANGED, REMOVED
from klynge.overlay.proposals import Proposal, contents, find_reference_problems, propose
from klynge.raw_zone import require_reason
from klynge.reference.overlay_files import find_overlay_files
from klynge.reference.overlay_ledger import Acceptance, OverlayVersion, write_version
from klynge.reference.problems import describe_problems
from klynge.reference.seeds import Reference, read_reference

#: The role of an acceptance by the nightly run. The nightly run finds the files in the folder.
DOOR = "door"
_DOOR_REASON = "the files in reference/ pass every check"


@dataclass(frozen=True)
class OverlayRefusal:
    """The refused files with their SHA-256, and the reason for the refusal."""

    files: dict[str, str]
    #: a message; :func:`klynge.messages.stored` turns it into the text in the file of the refusal
    reason: str


@dataclass(frozen=True)
class LandedOverlay:
    """The reference data of a nightly run.

    ``accepted`` is the version that the files in the folder became, or None. ``refusal`` says why
    the files were refused, or is None.
    """

    reference: Reference
    accepted: OverlayVersion | None
    refusal: OverlayRefusal | None


def land_overlay(home: Home) -> LandedOverlay:
    """Accept or refuse the files in ``reference/``, and return the reference data in use.

    The caller holds the lock of the home. Raises :class:`InputError` if the accepted version no
    longer fits the shipped seeds, for example after an update of the program.
    """
    accepted = refusal = None
    record = _refusal_file(home)
    try:
        proposal = propose(home)
    except InputError as error:
        refusal = OverlayRefusal(_hashes(home), error.message)
        write_json(record, {"files": refusal.files, "reason": stored(refusal.reason)})
    else:
        record.unlink(missing_ok=True)
        accepted = accept(home, proposal, DOOR, _DOOR_REASON)
    reference = read_reference(home)
    if problems := [*find_reference_problems(reference)]:
        raise InputError(
            message(
                "the reference data that this home accepted earlier no longer fit the program; "
                "correct them with `klynge reference add` or `klynge reference remove`: {problems}",
                problems=describe_problems(problems),
            )
        )
    return LandedOverlay(reference, accepted, refusal)


def read_overlay_refusal(home: Home) -> OverlayRefusal | None:
    """Return the last refusal of the files in ``reference/``, if the same files are still there."""
    record = _refusal_file(home)
    if not record.is_file():
        return None
    said = read_json(record)
    refusal = OverlayRefusal(said["files"], restored(said["reason"]))
    return refusal if refusal.files == _hashes(home) else None


def accept(home: Home, proposal: Proposal, role: str, reason: str) -> OverlayVersion | None:
    """Make a proposal the version in use. Return None if the former version has the same rows.

    The caller holds the lock of the home.
    """
    require_reason(role, reason)
    # write the folder first: if the process is killed here, the next nightly run reads the folder
    for seed in proposal.rewritten:
        _rewrite(home, seed, proposal.reference)
    if proposal.rewritten:
        _refusal_file(home).unlink(missing_ok=True)
    if not proposal.has_other_rows:
        return None
    counts: dict[str, dict[str, int]] = {}
    for difference in proposal.differences:
        of_seed = counts.setdefault(difference.seed, {ADDED: 0, CHANGED: 0, REMOVED: 0})
        of_seed[difference.kind] += 1
    return write_version(
        home, contents(proposal.reference), proposal.received, Acceptance(role, reason, counts)
    )


def _rewrite(home: Home, seed: str, reference: Reference) -> None:
    """Write the file of a seed into the folder, or remove it if the overlay has no row for it."""
    target = home.reference / f"{seed}.csv"
    former = find_overlay_files(home).get(seed)
    with machine_errors(str(home.reference)):
        home.reference.mkdir(parents=True, exist_ok=True)
        if seed in reference.overlay:
            write_atomically(target, contents(reference)[seed])
        if former is not None and (former != target or seed not in reference.overlay):
            former.unlink()


def _hashes(home: Home) -> dict[str, str]:
    """Return the SHA-256 of each file in the folder, by name.

    The SHA-256 of a file that cannot be read is an empty text.
    """
    hashes = {}
    for path in sorted(home.reference.glob("*")):
        if path.is_file() and path != _refusal_file(home):
            content = path.read_bytes() if os.access(path, os.R_OK) else None
            hashes[path.name] = hashlib.sha256(content).hexdigest() if content is not None else ""
    return hashes


def _refusal_file(home: Home) -> Path:
    return home.reference / "refused.json"
