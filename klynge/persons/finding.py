"""Find all places where a person or company occurs.

These are rows, rejects, received files, records of runs, releases and Dagster's storage.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge import checkout, raw_zone
from klynge.errors import KlyngeError
from klynge.home import Home
from klynge.intake.contracts import Column, Contract, read_contracts
from klynge.intake.formats.reading import read_submitted_file
from klynge.persons.copies import (
    dagster_databases,
    find_in_database,
    find_in_files,
    find_in_sqlite,
)
from klynge.persons.identity import Person, tokens
from klynge.raw_zone import Load, read_ledger
from klynge.redaction import find_records
from klynge.releases.reading import DATABASE, list_releases

#: The columns of the file of rejects that can quote an identifier.
_QUOTING = ("value", "reason_en", "reason_da")


@dataclass(frozen=True)
class InLoad:
    """A person in one load: its rows, its rejected rows and the received files.

    ``row_keys`` are the source row keys of the person's accepted rows. ``rejects`` are the
    positions of the person's faults in the file of rejects, from 0. ``lines`` are the lines of
    these faults in the received file. ``files`` are the hashes of archived files that contain the
    identifier.
    """

    load: Load
    row_keys: tuple[str, ...]
    rejects: tuple[int, ...]
    lines: tuple[int, ...]
    files: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.row_keys or self.rejects or self.files)


@dataclass(frozen=True)
class Occurrences:
    """All places where a person occurs.

    ``copies`` maps each place outside the raw zone to the number of rows or values there. The
    number is 1 for a file whose rows are not counted.
    """

    loads: tuple[InLoad, ...]
    records: tuple[Path, ...]
    copies: dict[str, int]

    def __bool__(self) -> bool:
        return bool(self.loads or self.records or self.copies)


def find_person(home: Home, person: Person) -> Occurrences:
    """Find a person everywhere in a home, without changing anything."""
    return Occurrences(
        loads=tuple(find_in_loads(home, person)),
        records=tuple(find_records(home, person.texts)),
        copies=dict(_find_copies(home, person)),
    )


def find_in_loads(home: Home, person: Person) -> Iterator[InLoad]:
    """Find the submitted loads in which the person occurs, in order of arrival."""
    contracts = read_contracts(checkout.CONTRACTS)
    for load in read_ledger(home):
        contract = contracts.get(load.dataset)
        if load.basis == "reported" and contract and not load.erased and _personal(contract):
            found = find_in_load(home, load, contract, person)
            if found:
                yield found


def find_in_load(home: Home, load: Load, contract: Contract, person: Person) -> InLoad:
    """Find the person in one load."""
    place = raw_zone.folder(home, load.dataset, load.load_id)
    row_keys = _row_keys(place / raw_zone.DATA, contract, person)
    rejects, lines = _rejects(place / raw_zone.REJECTS, person)
    files = [
        digest
        for name, digest in load.files.items()
        if (home.archive / digest).is_file()
        and (row_keys or rejects or _is_in_file(home.archive / digest, name, contract, person))
    ]
    return InLoad(load, row_keys, rejects, lines, tuple(files))


def _personal(contract: Contract) -> list[Column]:
    return [column for column in contract.columns if column.personal]


def _row_keys(path: Path, contract: Contract, person: Person) -> tuple[str, ...]:
    if not path.is_file():
        return ()
    known = set(pq.read_schema(path).names)
    names = [column.name for column in _personal(contract) if column.name in known]
    rows = pq.read_table(path, columns=["source_row_key", *names])
    wanted = pa.array(sorted(person.pseudonyms))
    found: set[str] = set()
    for name in names:
        found |= set(rows.filter(pc.is_in(rows[name], wanted))["source_row_key"].to_pylist())
    return tuple(sorted(found, key=lambda key: int(key.partition("#")[2])))


def _rejects(path: Path, person: Person) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if not path.is_file():
        return (), ()
    faults = pq.read_table(path, columns=["line", *_QUOTING]).to_pylist()
    places = tuple(
        number
        for number, fault in enumerate(faults)
        if any(map(person.is_meant_by, tokens([fault["value"]])))
    )
    return places, tuple(faults[place]["line"] for place in places)


def _is_in_file(archived: Path, name: str, contract: Contract, person: Person) -> bool:
    """Whether an archived file contains the identifier, perhaps in a row with another fault.

    If the file can no longer be read as a table, its text is searched.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            named = Path(folder) / Path(name).name
            named.symlink_to(archived.resolve())
            file = read_submitted_file(named, contract)
    except (KlyngeError, OSError, ValueError, UnicodeError):
        written = (person.identifier or "").encode()
        return bool(written) and written in archived.read_bytes()
    tables = [file.rows] + ([file.broken_rows] if file.broken_rows is not None else [])
    broken = tokens(record.value for record in file.broken)
    return any(map(person.is_meant_by, broken)) or any(
        _is_in_rows(table, column, person) for table in tables for column in _personal(contract)
    )


def _is_in_rows(rows: pa.Table, column: Column, person: Person) -> bool:
    if column.name not in rows.column_names:
        return False
    kind = str(column.identifier_of)
    texts = rows[column.name].to_pylist()
    kinds = rows[kind].to_pylist() if kind in rows.column_names else [kind] * len(texts)
    return any(
        person.is_meant_by(text, of)
        for of, text in set(zip(kinds, texts, strict=True))
        if text and of
    )


def _find_copies(home: Home, person: Person) -> Iterator[tuple[str, int]]:
    """Find places outside the raw zone, and the number of rows or values there."""
    for release in list_releases(home):
        for database in sorted(release.path.glob(f"**/{DATABASE}")):
            for table, rows in find_in_database(database, person.texts).items():
                edition = database.parent.relative_to(home.root)
                yield f"{edition}: {table}", rows
        for path in find_in_files(release, person.texts):
            yield str(path.relative_to(home.root)), 1
    if home.database.exists():
        for table, rows in find_in_database(home.database, person.texts).items():
            yield f"build: {table}", rows
    for database in dagster_databases(home):
        if values := find_in_sqlite(database, person.texts):
            yield f"Dagster: {database.name}", values
