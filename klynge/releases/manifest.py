"""The parts of a release's manifest: inputs with hashes, code, tables and basis."""

import hashlib
import platform
from collections.abc import Collection, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from klynge import checkout, raw_zone
from klynge.home import Home
from klynge.print.documents import CLAIM_TERMS, CLAIMS
from klynge.raw_zone import ERASURE, Load
from klynge.reference.seeds import built_overlay, seed_files
from klynge.warehouse.content_hash import content_hash
from klynge.warehouse.schemas import CORE, HISTORY, MARTS

_ENGINES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "dagster", "pandas")


def published_tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """List every core table and mart of the database as (schema, table), in a fixed order."""
    return [
        (schema, table)
        for schema, table in connection.execute(
            "select table_schema, table_name from information_schema.tables "
            "where table_type = 'BASE TABLE' order by all"
        ).fetchall()
        if schema == CORE or schema in MARTS
    ]


def describe_tables(
    connection: duckdb.DuckDBPyConnection, restricted: Collection[str]
) -> list[dict[str, Any]]:
    """Describe every published table: schema, name, kind, edition, rows and content hash.

    A history table has no hash, because no figure of the release depends on it.
    """
    return [
        {
            "schema": schema,
            "table": table,
            "kind": "core" if schema == CORE else "mart",
            "edition": "restricted" if f"{schema}.{table}" in restricted else "analyst",
            "rows": _count(connection, schema, table),
            "content_hash": None if table in HISTORY else content_hash(connection, schema, table),
        }
        for schema, table in published_tables(connection)
    ]


def describe_inputs(home: Home, loads: Sequence[Load]) -> dict[str, Any]:
    """Describe the inputs with their hashes: loads, documents and reference seeds.

    A load has the hash of each of its files. ``rows_sha256`` is the hash of the file with the
    load's rows in the raw zone. It is null if the rows were erased.
    ``overlay`` is the accepted version of the home's own reference data, or null.
    """
    return {
        "loads": [
            {
                "load_id": load.load_id,
                "dataset": load.dataset,
                "document_id": load.about.get("document_id"),
                "reporter": load.reporter,
                "period": load.period,
                "correction_no": load.correction_no,
                "basis": load.basis,
                "files": load.files,
                "rows_sha256": None if load.erased else sha256_of(raw_zone.rows_of(home, load)),
                "partial": load.partial,
                "rows_loaded": load.rows_loaded,
                "rows_rejected": load.rows_rejected,
                "rows_erased": load.rows_erased,
                "refused": load.about.get("refused"),
                "erased": load.about.get(ERASURE),
            }
            for load in loads
        ],
        "documents": {
            load.about["document_id"]: load.about["sha256"]
            for load in loads
            if load.dataset == "published_cells"
        },
        "reference": describe_reference(home),
        "overlay": built_overlay(home),
    }


def describe_reference(home: Home) -> dict[str, str]:
    """Hash each file of the reference data, which includes the home's own rows."""
    return {path.name: sha256_of(path) for path in seed_files(home)}


def describe_code() -> dict[str, Any]:
    """Describe this code: commit, whether files were changed, hash, and versions of the engines."""
    return {
        **vars(checkout.code_version()),
        "python": platform.python_version(),
        "engines": {name: version(name) for name in _ENGINES},
    }


def describe_basis(loads: Sequence[Load]) -> dict[str, Any]:
    """Count the loaded rows by basis, without erased rows; say whether some are sample data.

    Claims and their terms are statements about figures, so they are not counted.
    """
    rows: dict[str, int] = {}
    for load in (x for x in loads if x.dataset not in (CLAIMS, CLAIM_TERMS) and not x.erased):
        rows[load.basis] = rows.get(load.basis, 0) + load.rows_loaded - load.rows_erased
    present = {basis: count for basis, count in rows.items() if count}
    return {"rows": present, "contains_sample": "sample" in present}


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _count(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    [(rows,)] = connection.execute(f'select count(*) from "{schema}"."{table}"').fetchall()
    return int(rows)
