"""Find the tables that a query reads, and quote texts and names for a query."""

import json
from pathlib import Path

import duckdb


def named_tables(sql: str) -> set[str]:
    """Return the names of the tables in a query, without schemas.

    The set is empty if the text is not a SELECT.
    """
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
    """Write a text as an SQL string."""
    quoted = str(text).replace("'", "''")
    return f"'{quoted}'"


def relation(table: str) -> str:
    """Quote the name of a table for SQL: ``bi.call`` becomes ``"bi"."call"``."""
    return ".".join(f'"{part}"' for part in table.split("."))
