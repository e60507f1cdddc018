"""Rebuild a release's database from its loads, reference data and compiled models, without dbt.

The models of one release can also be run on the inputs of another release. A comparison of two
releases uses this to separate code from inputs.
"""

import csv
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from klynge import quality
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors
from klynge.intake.contracts import read_contracts
from klynge.lineage.workspace import run_models, string_literal, workspace
from klynge.messages import message
from klynge.releases.inputs import (
    find_changed_inputs,
    read_release_calendar,
    read_release_ledger,
    read_release_loads,
    require_unchanged,
)
from klynge.releases.manifest import describe_code
from klynge.releases.models import read_models
from klynge.releases.publishing import make_immutable, place_database, writable
from klynge.releases.reading import CONTRACTS, DATABASE, REFERENCE, RESTRICTED, Release
from klynge.releases.star import write_views
from klynge.releases.table_texts import write_comments
from klynge.warehouse.column_lineage import MART, write_column_lineage
from klynge.warehouse.content_hash import content_hash
from klynge.warehouse.quality_history import write_history
from klynge.warehouse.raw_tables import BuildInputs, write_raw_tables


class RebuiltOtherwiseError(InputError):
    """The content hash of a rebuilt table is not the hash in the manifest (exit code 2)."""


@dataclass(frozen=True)
class Traceable:
    """The whole database of a release. If ``changed`` is not empty, it proves nothing."""

    database: Path
    #: True for a temporary rebuild, if the release's own database was removed
    rebuilt: bool
    #: one line for each input that is missing or altered
    changed: Sequence[str]


def build(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    *,
    code: Release,
    inputs: Release,
    erased: Collection[str] = (),
) -> None:
    """Build the tables of a release in an empty :func:`~klynge.lineage.workspace.workspace`.

    ``code`` supplies the models and contracts. ``inputs`` supplies the loads and reference data. To
    rebuild a release, pass it as both. Raises :class:`InputsChangedError` if a file of the two
    releases or a load is missing or altered. Raises :class:`InputError` if the models do not run on
    the inputs.
    """
    models = read_models(code)
    require_unchanged(home, code, loads=())
    ids = {load["load_id"] for load in inputs.manifest["inputs"]["loads"]}
    require_unchanged(home, inputs, ids - set(erased) if erased else None)
    created = inputs.manifest["created_at"]
    contracts = read_contracts(code.path / CONTRACTS)
    try:
        raw = BuildInputs(
            read_release_loads(home, inputs),
            contracts,
            read_release_ledger(home, inputs, with_erasures=bool(erased)),
            read_release_calendar(inputs, contracts),
        )
        write_raw_tables(connection, home, raw)
        write_history(
            connection,
            (results for results in quality.every_run(home) if results[0].started_at <= created),
        )
        write_reference(connection, inputs.path / REFERENCE, models.seeds)
        run_models(connection, models.values(), with_keys=True)
        if MART in models:
            write_column_lineage(connection, models)
        write_comments(connection, models)
        write_views(connection, models)
    except (duckdb.Error, InputError) as error:
        raise InputError(
            message(
                "the models of release {code} cannot be run on the inputs of release {inputs}: "
                "{error}",
                code=code.release_id,
                inputs=inputs.release_id,
                error=error.message if isinstance(error, InputError) else str(error),
            )
        ) from error


def rebuild(home: Home, release: Release, database: Path) -> None:
    """Rebuild a release's whole database as a new file, and prove that its content is the same.

    Raises :class:`InputsChangedError` if an input is missing or altered, and
    :class:`RebuiltOtherwiseError` if a table's content hash differs from the manifest. History
    tables have no content hash and are not compared. After an error, no file is left.
    """
    try:
        with workspace(database) as connection:
            build(connection, home, code=release, inputs=release)
            _require_same(connection, release)
            connection.execute("checkpoint")
    except InputError:
        database.unlink(missing_ok=True)
        raise


def restore(home: Home, release: Release) -> None:
    """Put back the removed database of a release, in the same editions as before.

    The next publication may remove it again. Raises the errors of :func:`rebuild`, and
    :class:`InputError` if the database still exists.
    """
    if release.has_database:
        raise InputError(
            message(
                "release {release_id} has its database: there is nothing to rebuild",
                release_id=release.release_id,
            )
        )
    draft = home.releases / f"{UNFINISHED}{release.release_id}"
    with home.locked(), machine_errors(str(home.releases)):
        home.clear_unfinished()
        draft.mkdir(mode=0o700)
        whole = draft / f"{UNFINISHED}{DATABASE}"
        rebuild(home, release, whole)
        manifest = release.manifest
        submitted = any(load["basis"] != "published" for load in manifest["inputs"]["loads"])
        place_database(whole, draft, frozenset(manifest["restricted"]) if submitted else None)
        make_immutable(draft)
        # restore the restricted edition first: the analysts' edition must never exist without it
        for folder in (RESTRICTED, ""):
            if (draft / folder / DATABASE).exists():
                with writable(draft / folder), writable(release.path / folder):
                    (draft / folder / DATABASE).rename(release.path / folder / DATABASE)
        home.clear_unfinished()


@contextmanager
def traceable_database(home: Home, release: Release) -> Iterator[Traceable]:
    """Provide the whole database of a release: its own, or a temporary rebuild.

    A rebuild is deleted when the context ends.

    Raises the errors of :func:`rebuild`.
    """
    if release.has_database:
        yield Traceable(release.whole_database, False, find_changed_inputs(home, release))
        return
    home.prepare()
    with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=home.build) as folder:
        database = Path(folder) / DATABASE
        rebuild(home, release, database)
        yield Traceable(database, True, [])


def write_reference(
    connection: duckdb.DuckDBPyConnection, folder: Path, seeds: Mapping[str, Mapping[str, str]]
) -> None:
    """Create ``reference.<seed>`` from each CSV file, with the declared column types."""
    connection.execute("create schema reference")
    for table, types in seeds.items():
        path = folder / f"{table}.csv"
        if not path.is_file():
            raise InputError(message("{path} is missing", path=str(path)))
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        columns = ", ".join(f'"{name}" {types.get(name, "varchar")}' for name in header)
        connection.execute(f'create table reference."{table}" ({columns})')
        connection.execute(
            f'copy reference."{table}" from {string_literal(path)} '
            "(format csv, header true, delimiter ',')"
        )


def _require_same(connection: duckdb.DuckDBPyConnection, release: Release) -> None:
    manifest = release.manifest
    differing = [
        f"{table['schema']}.{table['table']}"
        for table in manifest["tables"]
        if table["content_hash"]
        and table["content_hash"] != content_hash(connection, table["schema"], table["table"])
    ]
    if differing:
        then, now = manifest["code"], describe_code()
        raise RebuiltOtherwiseError(
            message(
                "release {release_id} was rebuilt from its own inputs and models, but {tables} "
                "got other content. The release was made by commit {made_by} with duckdb "
                "{made_with}; this program is commit {here} with duckdb {here_with}: rebuild the "
                "release with the program of commit {made_by}",
                release_id=release.release_id,
                tables=differing,
                made_by=then["commit"],
                made_with=then["engines"]["duckdb"],
                here=now["commit"],
                here_with=now["engines"]["duckdb"],
            )
        )
