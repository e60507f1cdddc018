"""Export the tables of a release into a DuckLake: one snapshot for each release.

A lake is a folder with a catalogue and Parquet files. DuckDB reads it with
``attach 'ducklake:FOLDER/catalog.ducklake'``, and an earlier release with ``at (version => …)``.
"""

import json
import shutil
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import duckdb

from klynge.errors import InputError, MachineError
from klynge.exports.answers import public_tables
from klynge.home import machine_remedy
from klynge.messages import message
from klynge.releases.queries import literal, relation
from klynge.releases.reading import DATABASE, Release

#: The catalogue of a lake, and the folder of its Parquet files.
CATALOGUE, DATA = "catalog.ducklake", "data"


def export_to_ducklake(release: Release, folder: Path) -> bool:
    """Add a snapshot with the tables that analysts may read.

    Returns False, and adds nothing, if the lake already has the release. Readers see the former
    snapshot until the new snapshot is complete. Raises :class:`InputError` if the folder holds
    other files. Raises :class:`MachineError` if the disk is full or the lake is open in another
    program.
    """
    folder = folder.absolute()
    is_new = not (folder / CATALOGUE).exists()
    _require_lake(folder, is_new=is_new)
    existed = folder.exists()
    folder.mkdir(exist_ok=True)
    try:
        with duckdb.connect() as connection:
            _attach(connection, release, folder)
            if _has_release(connection, release):
                return False
            _add_snapshot(connection, release)
    except BaseException as error:
        if is_new:
            _remove_lake(folder, whole=not existed)
        if isinstance(error, duckdb.Error):
            raise _explain(folder, error) from error
        raise
    return True


def _require_lake(folder: Path, *, is_new: bool) -> None:
    if not folder.parent.is_dir():
        raise InputError(
            message(
                "{folder} is not a folder: create it, or give another --out",
                folder=str(folder.parent),
            )
        )
    if is_new and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            message(
                "{path} holds files that are not an earlier export: give a new folder",
                path=str(folder),
            )
        )


def _attach(connection: duckdb.DuckDBPyConnection, release: Release, folder: Path) -> None:
    # INSTALL of DuckDB would need a network, so the extension comes as a Python package
    try:
        package = resources.files("duckdb_extension_ducklake")
    except ModuleNotFoundError:
        raise InputError(
            message(
                "this needs the package {package}: pip install 'klyngedata[export]'",
                package="duckdb-extension-ducklake",
            )
        ) from None
    extension = package / "extensions" / f"v{duckdb.__version__}" / "ducklake.duckdb_extension"
    connection.execute(f"load {literal(str(extension))}")
    connection.execute(
        f"attach {literal(f'ducklake:{folder / CATALOGUE}')} as lake "
        f"(data_path {literal(folder / DATA)}, override_data_path true)"
    )
    connection.execute(f"attach {literal(release.path / DATABASE)} as klyngedata (read_only)")


def _has_release(connection: duckdb.DuckDBPyConnection, release: Release) -> bool:
    messages = connection.execute("select commit_message from lake.snapshots()").fetchall()
    return (release.release_id,) in messages


def _add_snapshot(connection: duckdb.DuckDBPyConnection, release: Release) -> None:
    tables = public_tables(release)
    connection.execute("begin")
    _drop_others(connection, tables)
    for table in tables:
        schema, _, _ = table.partition(".")
        connection.execute(f'create schema if not exists lake."{schema}"')
        connection.execute(
            f"create or replace table lake.{relation(table)} as "
            f"from klyngedata.{relation(table)} order by all"
        )
    for kind, name, comment in _comments(connection, tables):
        connection.execute(f"comment on {kind} lake.{relation(name)} is {literal(comment)}")
    about = {key: release.manifest[key] for key in ("created_at", "basis")}
    connection.execute(
        f"call lake.set_commit_message('Klyngedata', {literal(release.release_id)}, "
        f"extra_info => {literal(json.dumps(about))})"
    )
    connection.execute("commit")


def _drop_others(connection: duckdb.DuckDBPyConnection, tables: Iterable[str]) -> None:
    """Drop the tables that an earlier release had and this release does not have."""
    found = connection.execute(
        "select table_schema || '.' || table_name from information_schema.tables "
        "where table_catalog = 'lake'"
    ).fetchall()
    for name in sorted({name for (name,) in found} - set(tables)):
        connection.execute(f"drop table lake.{relation(name)}")


def _comments(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[str]
) -> list[tuple[str, str, str]]:
    """Return kind, name and text of each comment on the tables and their columns."""
    found = connection.execute(
        "select 'table', schema_name || '.' || table_name as name, name, comment "
        "from duckdb_tables() where database_name = 'klyngedata' and comment is not null "
        "union all select 'column', schema_name || '.' || table_name, "
        "schema_name || '.' || table_name || '.' || column_name, comment "
        "from duckdb_columns() where database_name = 'klyngedata' and comment is not null"
    ).fetchall()
    wanted = set(tables)
    return [(kind, name, text) for kind, table, name, text in found if table in wanted]


def _remove_lake(folder: Path, *, whole: bool) -> None:
    """Remove a lake whose first snapshot failed."""
    if whole:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _explain(folder: Path, error: duckdb.Error) -> MachineError:
    remedy = machine_remedy(error)
    if remedy is None and "lock" in str(error).lower():
        remedy = message("it is open in another program: close it")
    return MachineError(
        message(
            "cannot write to {place}: {remedy}, and run again",
            place=str(folder),
            remedy=remedy or str(error).splitlines()[0],
        )
    )
