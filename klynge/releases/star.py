"""The views in the schema ``main``, which show a newcomer the tables of the star.

``show tables`` lists only the schema ``main``. A view there has the name, the rows and the comments
of its table in the schema ``bi``.
"""

import duckdb

from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import string_literal
from klynge.releases.table_texts import describe_column, describe_table
from klynge.warehouse.schemas import STAR


def write_views(connection: duckdb.DuckDBPyConnection, models: CompiledModels) -> None:
    """Create a view in ``main`` for each table of the star that the database has.

    ``connection`` has the database as ``klyngedata`` and uses it.
    """
    found = connection.execute(
        "select table_name from duckdb_tables() "
        "where database_name = current_database() and schema_name = ? order by all",
        [STAR],
    ).fetchall()
    for (table,) in found:
        view = f'main."{table}"'
        connection.execute(f'create view {view} as from {STAR}."{table}"')
        model = models.get(f"{STAR}.{table}")
        if model is None:
            continue
        text = string_literal(describe_table(model))
        connection.execute(f"comment on view {view} is {text}")
        for name, column in model.columns.items():
            text = string_literal(describe_column(column))
            connection.execute(f'comment on column {view}."{name}" is {text}')
