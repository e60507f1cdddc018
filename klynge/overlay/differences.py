"""The rows of the reference data that a proposal adds, changes or removes."""

from collections.abc import Iterator
from dataclasses import dataclass

from klynge.reference.overlay_seeds import OVERLAY_SEEDS
from klynge.reference.seeds import Reference

ADDED, CHANGED, REMOVED = "added", "changed", "removed"


@dataclass(frozen=True)
class Difference:
    """A row of the reference data that a proposal adds, changes or removes.

    ``columns`` maps each column that differs to its value before and its value after.
    """

    seed: str
    kind: str
    key: tuple[str, ...]
    columns: dict[str, tuple[str, str]]


def find_differences(former: Reference, reference: Reference) -> list[Difference]:
    """Return the rows that differ between the former and the new merged reference data, by seed."""
    overlaid = {*former.overlay, *reference.overlay}
    seeds = [seed for seed in OVERLAY_SEEDS if seed in overlaid]
    return [difference for seed in seeds for difference in _differences(seed, former, reference)]


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
