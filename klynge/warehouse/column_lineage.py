"""The lineage of columns in a build: known once the models are there, read off their SQL.

A build starts with ``raw.column_lineage`` empty. When its models have run, the table is filled, and
the mart that shows it is made anew by its own SQL.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from klynge.lineage.column_lineage import ColumnLineage
from klynge.lineage.models import CompiledModels

TABLE, MART = "raw.column_lineage", "audit.mart_column_lineage"
#: What :func:`column_lineage` gives of each column, source and kind.
COLUMNS = (
    "table_schema",
    "table_name",
    "column_name",
    "reach",
    "kind",
    "source_schema",
    "source_table",
    "source_column",
)
_SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])

#: Where a kept table says what it was read off.
_OF = b"of"

Row = tuple[str | None, ...]


def create_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Create ``raw.column_lineage``, empty."""
    columns = ", ".join(f"{name} varchar" for name in COLUMNS)
    connection.execute(f"create table {TABLE} ({columns})")


def write_column_lineage(
    connection: duckdb.DuckDBPyConnection, models: CompiledModels, cache: Path | None = None
) -> int:
    """Fill the table in a build whose models have run, make its mart anew; the number of rows.

    Reading the SQL takes seconds, so what was read off the same SQL is kept in the file ``cache``.
    """
    columns = _columns(connection)
    digest = _digest(models, columns)
    found = _kept(cache, digest)
    if found is None:
        rows = zip(*column_lineage(models, columns), strict=True)
        schema = _SCHEMA.with_metadata({_OF: digest})
        found = pa.table([pa.array(column, pa.string()) for column in rows], schema=schema)
        if cache is not None:
            pq.write_table(found, cache)
    connection.register("found", found)
    connection.execute(f"insert into {TABLE} from found")
    connection.unregister("found")
    connection.execute(f"delete from {MART}")
    connection.execute(f"insert into {MART} by name {models[MART].sql}")
    return int(found.num_rows)


def column_lineage(
    models: CompiledModels, columns: Mapping[str, Mapping[str, str]]
) -> Iterable[Row]:
    """The lineage of every column of every model, rows of :data:`COLUMNS`, in a fixed order.

    ``columns`` are all tables' columns and types by ``schema.table``.
    """
    lineage = ColumnLineage(models, columns)
    for model in models.values():
        for reach, of in (("direct", lineage.direct), ("origin", lineage.origins)):
            for name, found in of(model.name).items():
                for kind, table, column in sorted(found, key=lambda one: [x or "" for x in one]):
                    schema, _, source = table.partition(".") if table else (None, None, None)
                    yield model.schema, model.table, name, reach, kind, schema, source, column


def _kept(cache: Path | None, digest: str) -> pa.Table | None:
    """What was read off the same SQL before; a file that was cut short is none."""
    try:
        found = pq.read_table(cache) if cache is not None and cache.is_file() else None
    except pa.ArrowInvalid:
        return None
    same = found is not None and (found.schema.metadata or {}).get(_OF) == digest.encode()
    return found if same else None


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for table, name, kind in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by table_oid, column_index"
    ).fetchall():
        found.setdefault(table, {})[name] = kind
    return found


def _digest(models: CompiledModels, columns: Mapping[str, Mapping[str, str]]) -> str:
    said = [[model.name, model.sql, model.grain] for model in models.values()]
    code = sorted(Path(__file__).parents[1].glob("lineage/**/*.py"))
    digest = hashlib.sha256(json.dumps([said, columns], sort_keys=True).encode())
    for path in code:
        digest.update(path.read_bytes())
    return digest.hexdigest()
