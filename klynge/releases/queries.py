"""The text of queries: what a query reads, as DuckDB parses it, and a text within a query."""

import json
from pathlib import Path

import duckdb


def named_tables(sql: str) -> set[str]:
    """The names, without schema, of the tables in a query; none if it is no plain query."""
    with duckdb.connect() as connection:
        # a parameter would make DuckDB import pandas, which takes longer than most queries
        serialized = connection.execute(f"select json_serialize_sql({literal(sql)})").fetchall()
    found = set()
    waiting = [json.loads(serialized[0][0])]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                found.add(node["table_name"])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def literal(text: str | Path) -> str:
    """A text as a string of SQL."""
    quoted = str(text).replace("'", "''")
    return f"'{quoted}'"


def relation(table: str) -> str:
    """A table's name as SQL writes it: ``bi.call`` becomes ``"bi"."call"``."""
    return ".".join(f'"{part}"' for part in table.split("."))
