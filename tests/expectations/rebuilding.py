"""A finished build made anew after a change in the raw zone, by its release's compiled SQL."""

import re
from graphlib import TopologicalSorter

import duckdb

REFERENCE = re.compile(r'"klyngedata"\."(\w+)"\."(\w+)"')


def change_print(database, sql, figure_id, printed_text):
    """Let a cell print another text, and make all tables anew; gives how many cells changed."""
    models = {(path.parent.name, path.stem): path.read_text("utf-8") for path in sql.rglob("*.sql")}
    order = TopologicalSorter({m: set(REFERENCE.findall(text)) for m, text in models.items()})
    with duckdb.connect(database) as connection:
        connection.execute("set TimeZone = 'UTC'")
        [(changed,)] = connection.execute(
            "update raw.published_cells set printed_text = $text"
            " where document_id || '#' || cell_id = $figure",
            {"text": printed_text, "figure": figure_id},
        ).fetchall()
        tables = set(
            connection.execute(
                "select table_schema, table_name from information_schema.tables"
                " where table_type = 'BASE TABLE'"
            ).fetchall()
        )
        for model in order.static_order():
            if model in tables & models.keys():
                connection.execute(
                    f"create or replace table {model[0]}.{model[1]} as {models[model]}"
                )
    return changed
