"""Read the reference data: the shipped seeds, with a home's accepted rows laid over the seeds.

All code that needs reference data calls :func:`read_reference`, so that all of it sees the same
rows. A home without an overlay has the shipped seeds, byte for byte.
"""

import csv
import io
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from klynge import checkout
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors, read_json, write_json
from klynge.messages import message
from klynge.reference.overlay_ledger import OverlayVersion, read_version
from klynge.reference.overlay_seeds import OVERLAY_SEEDS, repeats
from klynge.seed_files import read_seed

Rows = list[dict[str, str]]

#: Columns with a day of the calendar, such as 2026-03-01. All of them may be empty.
DAYS = frozenset({"reports_from", "reports_to", "due_on", "closes_on"})
#: A build's folder of seeds has this file. It describes the overlay of the seeds.
_OVERLAY = "overlay.json"


@dataclass(frozen=True)
class SeedRow:
    """A row of a seed. ``number`` is the number of the row in ``file``. The header is row 1."""

    values: dict[str, str]
    file: Path
    number: int

    @property
    def place(self) -> str:
        """The file and the row, for a message."""
        return f"{self.file}, row {self.number}"


@dataclass(frozen=True)
class Reference:
    """The shipped seeds in a folder. ``overlay`` maps a seed to the rows of an overlay.

    ``version`` is the accepted overlay from which the rows come, or None.
    """

    shipped: Path
    overlay: Mapping[str, list[SeedRow]] = field(default_factory=dict)
    version: OverlayVersion | None = None

    @property
    def names(self) -> list[str]:
        """The seeds, in order of name."""
        return [path.stem for path in sorted(self.shipped.glob("*.csv"))]

    def rows(self, seed: str) -> Rows:
        """The rows of a seed as text."""
        return [row.values for row in self.located_rows(seed)]

    def located_rows(self, seed: str) -> list[SeedRow]:
        """Return the rows of a seed, each with its place.

        Raises :class:`InputError` if a seed is missing or cannot be read.
        """
        return lay_over(seed, self.shipped_rows(seed), self.overlay.get(seed, []))

    def shipped_rows(self, seed: str) -> list[SeedRow]:
        """Return the rows of a seed, without the rows of the overlay."""
        return _located(self.shipped / f"{seed}.csv")

    def columns(self, seed: str) -> tuple[str, ...]:
        """The columns of a seed, in order."""
        return read_header(self.shipped / f"{seed}.csv")

    def write(self, folder: Path) -> None:
        """Write all seeds and their descriptions into a folder, as dbt reads them."""
        for path in filter(Path.is_file, sorted(self.shipped.iterdir())):
            if path.suffix == ".csv" and path.stem in self.overlay:
                text = write_rows(self.columns(path.stem), self.rows(path.stem))
                (folder / path.name).write_bytes(text)
            else:
                shutil.copyfile(path, folder / path.name)


def read_reference(home: Home, as_of: datetime | None = None) -> Reference:
    """Return the reference data of a home, as they are now or as they were known at a time.

    An update of the program may have changed the columns of a seed. In accepted rows, new columns
    are then empty, and removed columns are left out.
    """
    version = read_version(home, as_of)
    shipped = shipped_reference()
    paths = version.paths if version is not None else {}
    overlay = {
        seed: [
            SeedRow({c: row.values.get(c, "") for c in shipped.columns(seed)}, row.file, row.number)
            for row in _located(path)
        ]
        for seed, path in paths.items()
    }
    return Reference(shipped.shipped, overlay, version)


def shipped_reference() -> Reference:
    """Return the reference data that the checkout ships."""
    return Reference(checkout.SEEDS / "reference")


def lay_over(seed: str, shipped: list[SeedRow], overlay: list[SeedRow]) -> list[SeedRow]:
    """Lay the rows of an overlay over the shipped rows.

    In a replaceable seed, the overlay's rows of a group replace the shipped rows of this group. If
    a row of the overlay repeats a shipped row, the shipped row is used, so that it keeps its line
    in a document. Rows of new groups are added at the end.

    In any other seed, rows with a new key are added at the end.
    """
    if not overlay:
        return shipped
    declared = OVERLAY_SEEDS[seed]
    known = {declared.key_of(row.values): row for row in shipped}
    if not declared.replaceable:
        return [*shipped, *(row for row in overlay if declared.key_of(row.values) not in known)]
    groups: dict[tuple[str, ...], list[SeedRow]] = {}
    for row in overlay:
        former = known.get(declared.key_of(row.values))
        same = former is not None and repeats(row.values, former.values)
        laid_row = former if former is not None and same else row
        groups.setdefault(declared.group_of(row.values), []).append(laid_row)
    laid: list[SeedRow] = []
    for row in shipped:
        group = declared.group_of(row.values)
        laid.extend(groups.get(group, [row]))
        if group in groups:
            groups[group] = []
    return [*laid, *(row for rows in groups.values() for row in rows)]


def drop_repeats(seed: str, shipped: list[SeedRow], overlay: list[SeedRow]) -> list[SeedRow]:
    """Return the rows of an overlay that change something.

    A row that only repeats a shipped row must not stay, because it would hide later corrections of
    the shipped row. In a replaceable seed, a group of rows is left out only as a whole.
    """
    declared = OVERLAY_SEEDS[seed]
    known = {declared.key_of(row.values): row.values for row in shipped}
    sizes = Counter(declared.group_of(row.values) for row in shipped)
    repeating = [
        row
        for row in overlay
        if (former := known.get(declared.key_of(row.values))) and repeats(row.values, former)
    ]
    repeated = Counter(declared.group_of(row.values) for row in repeating)
    of_group = Counter(declared.group_of(row.values) for row in overlay)

    def changes(row: SeedRow) -> bool:
        group = declared.group_of(row.values)
        if declared.replaceable:
            return not repeated[group] == of_group[group] == sizes[group]
        return not any(row is other for other in repeating)

    return [row for row in overlay if changes(row)]


def place_seeds(home: Home, reference: Reference) -> None:
    """Put the seeds in place for the build in ``home.build``. The caller holds the lock.

    Without an overlay, the build reads the seeds of the checkout.
    """
    folder, draft = _built(home), home.build / f"{UNFINISHED}reference"
    with machine_errors(str(home.build)):
        for stale in (folder, draft):
            shutil.rmtree(stale, ignore_errors=True)
        if reference.version is not None and reference.overlay:
            draft.mkdir(parents=True)
            reference.write(draft)
            write_json(draft / _OVERLAY, reference.version.facts)
            draft.rename(folder)


def seed_folder(home: Home) -> Path:
    """Return the folder with the seeds that the build of a home reads."""
    return _built(home) if _built(home).is_dir() else shipped_reference().shipped


def seed_files(home: Home) -> list[Path]:
    """Return the seeds that the build of a home reads, in a fixed order."""
    return sorted(seed_folder(home).glob("*.csv"))


def built_overlay(home: Home) -> dict[str, object] | None:
    """Describe the overlay that the build of a home reads; None if it reads no overlay."""
    path = _built(home) / _OVERLAY
    return dict(read_json(path)) if path.is_file() else None


def write_rows(columns: tuple[str, ...], rows: Rows) -> bytes:
    """Write rows as a seed: comma-separated UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read_header(path: Path) -> tuple[str, ...]:
    """The columns of a seed, in order."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(next(csv.reader(file), ()))
    except FileNotFoundError:
        raise InputError(
            message("{path} is missing: put the file back, or correct its name", path=str(path))
        ) from None


def _located(path: Path) -> list[SeedRow]:
    return [SeedRow(row, path, number) for number, row in enumerate(read_seed(path), start=2)]


def _built(home: Home) -> Path:
    return home.build / "reference"
