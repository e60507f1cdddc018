"""Column lineage of a build, derived from the compiled SQL of its models.

A build starts with an empty ``raw.column_lineage``, because the SQL is compiled only when dbt
builds. After the models have run, the table is filled. Then the mart that shows the table is
rebuilt with the mart's own SQL.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from klynge.lineage.column_lineage import EVERY, ColumnLineage
from klynge.lineage.models import CompiledModels

TABLE, MART = "raw.column_lineage", "audit.mart_column_lineage"
#: The columns of ``raw.column_lineage``.
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

#: The metadata of the cache file has the digest of the models' SQL under this key.
_DIGEST = b"of"

Row = tuple[str | None, ...]


def create_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Create an empty table ``raw.column_lineage``."""
    columns = ", ".join(f"{name} varchar" for name in COLUMNS)
    connection.execute(f"create table {TABLE} ({columns})")


def find_column_lineage(
    connection: duckdb.DuckDBPyConnection, models: CompiledModels, cache: Path | None = None
) -> pa.Table:
    """Find the lineage of every column of ``models``, as a table with the columns :data:`COLUMNS`.

    Parsing the SQL takes seconds. The file ``cache`` therefore keeps the result for the next build
    with the same SQL.
    """
    columns = _columns(connection)
    digest = _digest(models, columns)
    lineage = _read_cache(cache, digest)
    if lineage is None:
        rows = zip(*column_lineage(models, columns), strict=True)
        schema = _SCHEMA.with_metadata({_DIGEST: digest})
        lineage = pa.table([pa.array(column, pa.string()) for column in rows], schema=schema)
        if cache is not None:
            pq.write_table(lineage, cache)
    return lineage


def direct_sources(lineage: pa.Table) -> list[tuple[str, ...]]:
    """Return pairs of a column and a source column.

    The model's own SQL computes the value of the column from the source column. Each pair is a
    tuple (schema, table, column, source schema, source table, source column).
    """
    query = f"""
        select table_schema, table_name, column_name, source_schema, source_table, source_column
        from lineage
        where reach = 'direct' and kind = 'value' and source_column <> '{EVERY}'
        order by all
    """
    with duckdb.connect() as connection:
        connection.register("lineage", lineage)
        return connection.execute(query).fetchall()


def write_column_lineage(
    connection: duckdb.DuckDBPyConnection, models: CompiledModels, cache: Path | None = None
) -> int:
    """Fill ``raw.column_lineage`` in a build whose models have run, and rebuild its mart.

    See :func:`find_column_lineage` for ``cache``. Returns the number of rows.
    """
    lineage = find_column_lineage(connection, models, cache)
    connection.register("lineage", lineage)
    connection.execute(f"delete from {TABLE}")
    connection.execute(f"insert into {TABLE} from lineage")
    connection.unregister("lineage")
    connection.execute(f"delete from {MART}")
    connection.execute(f"insert into {MART} by name {models[MART].sql}")
    return int(lineage.num_rows)


def column_lineage(
    models: CompiledModels, columns: Mapping[str, Mapping[str, str]]
) -> Iterable[Row]:
    """Return the lineage of every column of every model, in a fixed order.

    Each row has the values of :data:`COLUMNS`. ``columns`` maps each ``schema.table`` to its
    columns and their types.
    """
    lineage = ColumnLineage(models, columns)
    for model in models.values():
        for reach, sources_of in (("direct", lineage.direct), ("origin", lineage.origins)):
            for name, sources in sources_of(model.name).items():
                in_order = sorted(sources, key=lambda source: [part or "" for part in source])
                for kind, table, column in in_order:
                    schema, _, source = table.partition(".") if table else (None, None, None)
                    yield model.schema, model.table, name, reach, kind, schema, source, column


def _read_cache(cache: Path | None, digest: str) -> pa.Table | None:
    """Read the cached lineage.

    Return None if the file is missing or cannot be read, or if the SQL has changed.
    """
    try:
        cached = pq.read_table(cache) if cache is not None and cache.is_file() else None
    except pa.ArrowInvalid:
        return None
    same = cached is not None and (cached.schema.metadata or {}).get(_DIGEST) == digest.encode()
    return cached if same else None


def _columns(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = {}
    for table, name, data_type in connection.execute(
        "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
        "where database_name = current_database() order by table_oid, column_index"
    ).fetchall():
        columns.setdefault(table, {})[name] = data_type
    return columns


def _digest(models: CompiledModels, columns: Mapping[str, Mapping[str, str]]) -> str:
    definitions = [[model.name, model.sql, model.grain] for model in models.values()]
    code = sorted(Path(__file__).parents[1].glob("lineage/**/*.py"))
    digest = hashlib.sha256(json.dumps([definitions, columns], sort_keys=True).encode())
    for path in code:
        digest.update(path.read_bytes())
    return digest.hexdigest()
