"""Lay a secretariat's reference data over the shipped seeds: check, accept, refuse, describe.

The files in ``reference/`` of a home are a proposal. They are checked as a whole, together with the
shipped seeds. If they pass, they become a version of the ledger, and every reader sees their rows.
If they fail, all of them are refused, and the version that was accepted before them goes on to
count. A file that is missing in the folder takes nothing back; see :func:`propose_without`.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from klynge import checkout, raw_zone
from klynge.errors import InputError
from klynge.home import Home, machine_errors, read_json, write_atomically, write_json
from klynge.intake.calendar import find_due_problems, read_reporting
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.submissions import which_loads_count
from klynge.messages import message, restored, stored
from klynge.reference.checks import find_problems
from klynge.reference.overlay_checks import find_overlay_problems
from klynge.reference.overlay_files import find_overlay_files, read_overlay_file, seed_of
from klynge.reference.overlay_ledger import Acceptance, OverlayVersion, write_version
from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.problems import Problem, describe_problems
from klynge.reference.seeds import (
    Reference,
    SeedRow,
    drop_repeats,
    read_reference,
    write_rows,
)

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
#: The role of an acceptance that nobody asked for: the files lay in the folder at night.
DOOR = "door"
_DOOR_REASON = "the files in reference/ pass every check"


@dataclass(frozen=True)
class Difference:
    """A row of the reference data that a proposal adds, changes or removes.

    ``columns``: column -> its value before and after, for those that differ.
    """

    seed: str
    kind: str
    key: tuple[str, ...]
    columns: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Proposal:
    """An overlay that passed every check and is not accepted yet.

    ``received``: name -> content of the files that it comes from. ``rewritten``: the seeds whose
    file in the folder an acceptance writes.
    """

    former: Reference
    reference: Reference
    received: dict[str, bytes]
    rewritten: frozenset[str]

    @property
    def differences(self) -> list[Difference]:
        """What the proposal changes in the merged reference data, by seed."""
        overlaid = {*self.former.overlay, *self.reference.overlay}
        seeds = [seed for seed in OVERLAY_SEEDS if seed in overlaid]
        return [d for seed in seeds for d in _differences(seed, self.former, self.reference)]

    @property
    def has_other_rows(self) -> bool:
        """Whether the rows of the overlay differ from those of the accepted version."""
        return _contents(self.reference) != _contents(self.former)


@dataclass(frozen=True)
class OverlayRefusal:
    """The files that were refused, with their SHA-256, and the reason."""

    files: dict[str, str]
    #: a message, as :func:`klynge.messages.stored` keeps it
    reason: str


@dataclass(frozen=True)
class LandedOverlay:
    """The reference data of a night, and what became of the files in the folder."""

    reference: Reference
    accepted: OverlayVersion | None
    refusal: OverlayRefusal | None


def land_overlay(home: Home) -> LandedOverlay:
    """Accept or refuse the files in ``reference/``, and return the reference data that count.

    The caller holds the lock of the home. Raises :class:`InputError` if the accepted version no
    longer fits the shipped seeds, as after an update of the program.
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
    if problems := [*_find_problems(reference)]:
        raise InputError(
            message(
                "the accepted reference data of this home no longer fit the program; correct them "
                "with `klynge reference add` or `klynge reference remove`: {problems}",
                problems=describe_problems(problems),
            )
        )
    return LandedOverlay(reference, accepted, refusal)


def read_overlay_refusal(home: Home) -> OverlayRefusal | None:
    """The refusal of the files in ``reference/``, if they are still there unchanged."""
    record = _refusal_file(home)
    if not record.is_file():
        return None
    said = read_json(record)
    refusal = OverlayRefusal(said["files"], restored(said["reason"]))
    return refusal if refusal.files == _hashes(home) else None


def propose(home: Home, files: Iterable[Path] = ()) -> Proposal:
    """The accepted version with the files of the folder, and with the rows of further ``files``.

    A file of the folder has all rows of its seed. The rows of a further file are added to those,
    and replace rows with the same key. Raises :class:`InputError` with every problem.
    """
    former = read_reference(home)
    overlay, received = _folder_rows(home, former)
    rewritten = set()
    for path in files:
        seed = seed_of(path)
        rows = read_overlay_file(path, former.columns(seed))
        overlay[seed] = _add_rows(seed, overlay.get(seed, []), rows)
        received[path.name] = path.read_bytes()
        rewritten.add(seed)
    return _check(home, Proposal(former, _overlaid(former, overlay), received, _frozen(rewritten)))


def propose_row(home: Home, seed: str, row: Mapping[str, str]) -> Proposal:
    """The accepted version and the files of the folder, with one further row of a seed."""
    former = read_reference(home)
    overlay, received = _folder_rows(home, former)
    located = SeedRow(dict(row), home.reference / f"{seed}.csv", 0)
    overlay[seed] = _add_rows(seed, overlay.get(seed, []), [located])
    return _check(home, Proposal(former, _overlaid(former, overlay), received, _frozen({seed})))


def propose_without(home: Home, seed: str, key: Mapping[str, str]) -> Proposal:
    """The accepted version and the files of the folder, without the rows of a seed that fit.

    ``key``: column -> value; empty means every row that the overlay has for the seed. Raises
    :class:`InputError` if no row fits, and if submissions need one of the rows.
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
    # the file that is to be mended or taken away need not be sound itself
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
    return _check(home, Proposal(former, _overlaid(former, overlay), received, _frozen({seed})))


def accept(home: Home, proposal: Proposal, role: str, reason: str) -> OverlayVersion | None:
    """Make a proposal the version that counts; None if its rows are those of the former one.

    The caller holds the lock of the home.
    """
    if not role.strip() or not reason.strip():
        raise InputError(
            message("role and reason must not be empty: the ledger keeps who decided and why")
        )
    # the folder first: if the process is killed in between, the next night reads the folder
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
        home, _contents(proposal.reference), proposal.received, Acceptance(role, reason, counts)
    )


def _folder_rows(
    home: Home, former: Reference, but: str | None = None
) -> tuple[dict[str, list[SeedRow]], dict[str, bytes]]:
    """The rows of the accepted version, replaced by the files of the folder, and these files."""
    overlay = dict(former.overlay)
    received: dict[str, bytes] = {}
    for seed, path in find_overlay_files(home).items():
        if seed != but:
            overlay[seed] = read_overlay_file(path, former.columns(seed))
            received[path.name] = path.read_bytes()
    return overlay, received


def _overlaid(former: Reference, overlay: Mapping[str, list[SeedRow]]) -> Reference:
    changing = {
        seed: drop_repeats(seed, former.shipped_rows(seed), rows) for seed, rows in overlay.items()
    }
    return Reference(former.shipped, {seed: rows for seed, rows in changing.items() if rows})


def _frozen(seeds: set[str]) -> frozenset[str]:
    return frozenset(seeds)


def _check(home: Home, proposal: Proposal) -> Proposal:
    """The proposal itself; raises :class:`InputError` with every problem."""
    problems = [*_find_problems(proposal.reference)]
    if problems := problems or [*_find_needed_rows(home, proposal)]:
        raise InputError(describe_problems(problems))
    return proposal


def _find_problems(reference: Reference) -> Iterator[Problem]:
    """The overlay's own problems, or else those of the merged reference data."""
    own = list(find_overlay_problems(reference))
    yield from own
    if not own and reference.overlay:
        yield from find_problems(reference)
        # the seeds that are shipped fit the contracts; reading these takes a while
        if "due_submissions" in reference.overlay:
            yield from find_due_problems(reference, read_contracts(checkout.CONTRACTS))


def _find_needed_rows(home: Home, proposal: Proposal) -> Iterator[Problem]:
    """Rows that a submission needs, and that are removed or no longer cover it."""
    differences = proposal.differences
    removed = [d for d in differences if d.kind == REMOVED]
    reporters = {d.key[0] for d in differences if d.seed == "reporters" and d.kind != ADDED}
    if not removed and not reporters:
        return
    contracts = read_contracts(checkout.CONTRACTS)
    counting = which_loads_count(raw_zone.read_ledger(home))
    yield from _find_uncovered_loads(home, proposal.reference, reporters, counting)
    for difference in removed:
        declared = OVERLAY_SEEDS[difference.seed]
        values = dict(zip(declared.key, difference.key, strict=True))
        remaining = proposal.reference.rows(difference.seed)
        if declared.group_of(values) in map(declared.group_of, remaining):
            continue
        for load in counting:
            if _needs(home, contracts, load, difference.seed, values):
                text = message(
                    "{name} cannot be removed, because load {load_id} ({slot}) needs it; withdraw "
                    "the load first, or keep the row",
                    name=" ".join(filter(None, difference.key)),
                    load_id=load.load_id,
                    slot=" ".join(load.slot),
                )
                yield Problem(home.reference / f"{difference.seed}.csv", None, text)
                break


def _find_uncovered_loads(
    home: Home, reference: Reference, reporters: Set[str], counting: Iterable[raw_zone.Load]
) -> Iterator[Problem]:
    """Submissions that count and that are no longer in the time of their reporter."""
    reporting = read_reporting(reference)
    for load in counting:
        reporter, period = (
            reporting.reporters.get(load.reporter),
            reporting.periods.get(load.period),
        )
        if load.reporter not in reporters or reporter is None or period is None or load.erased:
            continue
        if not reporter.reports_on(period):
            text = message(
                "load {load_id} ({slot}) counts, but would be outside the time of {reporter}; "
                "withdraw the load first, or give a longer time",
                load_id=load.load_id,
                slot=" ".join(load.slot),
                reporter=load.reporter,
            )
            yield Problem(home.reference / "reporters.csv", None, text)


def _needs(
    home: Home,
    contracts: Mapping[str, Contract],
    load: raw_zone.Load,
    seed: str,
    values: Mapping[str, str],
) -> bool:
    """Whether a load was sent by, for, or about the subject of a row."""
    if load.dataset not in contracts or load.erased:
        return False
    if seed == "reporters":
        return load.reporter == values["reporter_id"]
    if seed in ("calls", "reporting_periods"):
        return load.period in values.values()
    named = {
        column.name: values[column.register[1]]
        for column in contracts[load.dataset].columns
        if column.register and column.register[0] == seed and column.register[1] in values
    }
    if not named:
        return False
    rows = pq.read_table(raw_zone.rows_of(home, load), columns=list(named))
    return any(value in rows[name].unique().to_pylist() for name, value in named.items())


def _add_rows(seed: str, rows: list[SeedRow], further: list[SeedRow]) -> list[SeedRow]:
    """The rows, without those that the further rows replace, and then the further rows."""
    declared = OVERLAY_SEEDS[seed]
    identify = declared.group_of if declared.replaceable else declared.key_of
    replaced = {identify(row.values) for row in further}
    return [*(row for row in rows if identify(row.values) not in replaced), *further]


def _differences(seed: str, former: Reference, reference: Reference) -> Iterator[Difference]:
    key_of = OVERLAY_SEEDS[seed].key_of
    before, after = ({key_of(row): row for row in one.rows(seed)} for one in (former, reference))
    for key in dict.fromkeys([*before, *after]):
        old, new = before.get(key, {}), after.get(key, {})
        columns = {
            name: (old.get(name, ""), new.get(name, ""))
            for name in former.columns(seed)
            if old.get(name, "") != new.get(name, "")
        }
        if columns:
            kind = CHANGED if old and new else ADDED if new else REMOVED
            yield Difference(seed, kind, key, columns)


def _contents(reference: Reference) -> dict[str, bytes]:
    """Seed -> the rows of the overlay as a seed."""
    return {
        seed: write_rows(reference.columns(seed), [row.values for row in rows])
        for seed, rows in sorted(reference.overlay.items())
    }


def _rewrite(home: Home, seed: str, reference: Reference) -> None:
    """Write the file of a seed into the folder, or remove it if the overlay has no row for it."""
    target = home.reference / f"{seed}.csv"
    former = find_overlay_files(home).get(seed)
    with machine_errors(str(home.reference)):
        home.reference.mkdir(parents=True, exist_ok=True)
        if seed in reference.overlay:
            write_atomically(target, _contents(reference)[seed])
        if former is not None and (former != target or seed not in reference.overlay):
            former.unlink()


def _hashes(home: Home) -> dict[str, str]:
    """Name -> SHA-256 of every file that lies in the folder; empty if it cannot be read."""
    hashes = {}
    for path in sorted(home.reference.glob("*")):
        if path.is_file() and path != _refusal_file(home):
            content = path.read_bytes() if os.access(path, os.R_OK) else None
            hashes[path.name] = hashlib.sha256(content).hexdigest() if content is not None else ""
    return hashes


def _refusal_file(home: Home) -> Path:
    return home.reference / "refused.json"
