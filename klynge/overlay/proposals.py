"""Propose reference data. A proposal has the accepted rows with changes, and is checked as a whole.

A file in the folder ``reference/`` has all rows of the overlay for its seed. If a file disappears
from the folder, its accepted rows stay, because somebody may have deleted it by accident. To remove
rows, use :func:`propose_without`.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from klynge import checkout
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.calendar import find_due_problems
from klynge.intake.contracts import read_contracts
from klynge.messages import message
from klynge.overlay.differences import Difference, find_differences
from klynge.overlay.needed_rows import find_needed_rows
from klynge.reference.checks import find_problems
from klynge.reference.overlay_checks import find_overlay_problems
from klynge.reference.overlay_files import find_overlay_files, read_overlay_file, seed_of
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.problems import Problem, describe_problems
from klynge.reference.seeds import (
    Reference,
    SeedRow,
    drop_repeats,
    read_reference,
    write_rows,
)


@dataclass(frozen=True)
class Proposal:
    """An overlay that passed every check and is not accepted yet.

    ``received`` maps the name of each file with proposed rows to its content. ``rewritten`` are the
    seeds whose files in the folder are written again when the overlay is accepted.
    """

    former: Reference
    reference: Reference
    received: dict[str, bytes]
    rewritten: frozenset[str]

    @property
    def differences(self) -> list[Difference]:
        """Return the rows of the merged reference data that the proposal changes, by seed."""
        return find_differences(self.former, self.reference)

    @property
    def has_other_rows(self) -> bool:
        """Whether the rows of the overlay differ from those of the accepted version."""
        return contents(self.reference) != contents(self.former)


def propose(home: Home, files: Iterable[Path] = ()) -> Proposal:
    """Propose the accepted version, with the files of the folder and the rows of ``files``.

    The rows of each of ``files`` are added. A row replaces the existing row with the same key. In a
    replaceable seed, a row replaces all existing rows of its group. Raises :class:`InputError` with
    every problem.
    """
    former = read_reference(home)
    overlay, received = _folder_rows(home, former)
    rewritten: set[str] = set()
    for path in files:
        seed = seed_of(path)
        rows = read_overlay_file(path, former.columns(seed))
        overlay[seed] = _add_rows(seed, overlay.get(seed, []), rows)
        received[path.name] = path.read_bytes()
        rewritten.add(seed)
    return _check(
        home, Proposal(former, _overlaid(former, overlay), received, frozenset(rewritten))
    )


def propose_row(home: Home, seed: str, row: Mapping[str, str]) -> Proposal:
    """Propose the accepted version and the files of the folder, with one further row of a seed."""
    former = read_reference(home)
    overlay, received = _folder_rows(home, former)
    located = SeedRow(dict(row), home.reference / f"{seed}.csv", 0)
    overlay[seed] = _add_rows(seed, overlay.get(seed, []), [located])
    return _check(home, Proposal(former, _overlaid(former, overlay), received, frozenset({seed})))


def propose_without(home: Home, seed: str, key: Mapping[str, str]) -> Proposal:
    """Propose the accepted version and the files of the folder, without some rows of a seed.

    The rows that have the values in ``key`` are removed. ``key`` maps columns to values. If ``key``
    is empty, every row of the overlay for the seed is removed. Raises :class:`InputError` if no row
    has the key, or if submissions need one of the rows.
    """
    former = read_reference(home)
    columns = former.columns(seed)
    if unknown := [column for column in key if column not in columns]:
        raise InputError(
            message(
                "{seed} has no column {column!r}: it has {columns}",
                seed=seed,
                column=unknown[0],
                columns=list(columns),
            )
        )
    # if all rows of the seed are removed, its file is not read, because the file may have faults
    overlay, received = _folder_rows(home, former, but=None if key else seed)
    rows = overlay.get(seed, [])
    kept = [row for row in rows if any(row.values[c] != value for c, value in key.items())]
    if len(kept) == len(rows):
        raise InputError(
            message(
                "the overlay has no such row of {seed}: `klynge reference show {seed}` shows its "
                "rows",
                seed=seed,
            )
        )
    overlay[seed] = kept
    return _check(home, Proposal(former, _overlaid(former, overlay), received, frozenset({seed})))


def find_reference_problems(reference: Reference) -> Iterator[Problem]:
    """Find the problems of the overlay's rows, or else those of the merged reference data.

    The merged reference data are checked only if the overlay's own rows have no problems.
    """
    own = list(find_overlay_problems(reference))
    yield from own
    if not own and reference.overlay:
        yield from find_problems(reference)
        # the shipped seeds fit the contracts, and reading the contracts takes time
        if "due_submissions" in reference.overlay:
            yield from find_due_problems(reference, read_contracts(checkout.CONTRACTS))


def contents(reference: Reference) -> dict[str, bytes]:
    """Return the rows of the overlay by seed, each written as a seed file."""
    return {
        seed: write_rows(reference.columns(seed), [row.values for row in rows])
        for seed, rows in sorted(reference.overlay.items())
    }


def _folder_rows(
    home: Home, former: Reference, but: str | None = None
) -> tuple[dict[str, list[SeedRow]], dict[str, bytes]]:
    """Return the overlay's rows by seed, and the content of each changed file by its name.

    The rows are the accepted rows. A changed file in the folder replaces the accepted rows of its
    seed.
    """
    overlay = dict(former.overlay)
    received: dict[str, bytes] = {}
    accepted = former.version.files if former.version is not None else {}
    for seed, path in find_overlay_files(home).items():
        # an accepted file stays accepted, even if an update of the program changes the seed's
        # columns
        if seed != but and not _has_content(path, accepted.get(seed)):
            overlay[seed] = read_overlay_file(path, former.columns(seed))
            received[path.name] = path.read_bytes()
    return overlay, received


def _has_content(path: Path, digest: str | None) -> bool:
    """Whether a file can be read and has this SHA-256."""
    if digest is None or not os.access(path, os.R_OK):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == digest


def _overlaid(former: Reference, overlay: Mapping[str, list[SeedRow]]) -> Reference:
    changing = {
        seed: drop_repeats(seed, former.shipped_rows(seed), rows) for seed, rows in overlay.items()
    }
    return Reference(former.shipped, {seed: rows for seed, rows in changing.items() if rows})


def _check(home: Home, proposal: Proposal) -> Proposal:
    """Return the proposal itself. Raises :class:`InputError` with every problem."""
    problems = [*find_reference_problems(proposal.reference)]
    if problems := problems or [*find_needed_rows(home, proposal.reference, proposal.differences)]:
        raise InputError(describe_problems(problems))
    return proposal


def _add_rows(seed: str, rows: list[SeedRow], further: list[SeedRow]) -> list[SeedRow]:
    """Add the rows of ``further``, and remove the rows that they replace."""
    declared = OVERLAY_SEEDS[seed]
    identify = declared.group_of if declared.replaceable else declared.key_of
    replaced = {identify(row.values) for row in further}
    return [*(row for row in rows if identify(row.values) not in replaced), *further]
