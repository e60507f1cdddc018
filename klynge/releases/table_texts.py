"""Write the descriptions of tables and columns into the places where readers see them.

In the database they are comments, which BI tools and SQL editors show. In a Parquet file they are
metadata. A text is in Danish first, then in English.
"""

import json
from collections.abc import Mapping
from typing import Any

import duckdb

from klynge.lineage.models import CompiledModels, Model, ModelColumn
from klynge.lineage.workspace import string_literal
from klynge.messages import Language, Message, message
from klynge.words import SUMS, UNITS

#: The metadata key of a Parquet file under which pandas keeps ``DataFrame.attrs`` as JSON.
PANDAS_KEY = "PANDAS_ATTRS"
#: The metadata key of a Parquet file with the same JSON, for other readers.
PARQUET_KEY = "klyngedata"


def write_comments(connection: duckdb.DuckDBPyConnection, models: CompiledModels) -> None:
    """Comment on each model of a database, and on its columns, in one transaction.

    ``connection`` has the database as ``klyngedata`` and uses it. Models and columns that the
    database does not have are skipped.
    """
    kinds = dict(
        connection.execute(
            "select schema_name || '.' || table_name, 'table' from duckdb_tables() "
            "where database_name = current_database() "
            "union all select schema_name || '.' || view_name, 'view' from duckdb_views() "
            "where database_name = current_database() and not internal"
        ).fetchall()
    )
    columns = set(
        connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where database_name = current_database()"
        ).fetchall()
    )
    statements = [
        statement
        for name, model in models.items()
        if name in kinds
        for statement in _comment_statements(
            model,
            kinds[name],
            {key: column for key, column in model.columns.items() if (name, key) in columns},
        )
    ]
    connection.execute("begin")
    for statement in statements:
        connection.execute(statement)
    connection.execute("commit")


def _comment_statements(model: Model, kind: str, columns: Mapping[str, ModelColumn]) -> list[str]:
    relation = f'"{model.schema}"."{model.table}"'
    return [
        f"comment on {kind} {relation} is {string_literal(describe_table(model))}",
        *(
            f'comment on column {relation}."{name}" is {string_literal(describe_column(column))}'
            for name, column in columns.items()
        ),
    ]


def describe_table(model: Model) -> str:
    """Write the comment of a table: a Danish line, an English line and the key.

    A line has the label and the description.
    """
    lines = [
        _joined([f"{label}." if label else "", description or ""], " ")
        for label, description in (
            (model.label_da, model.description_da),
            (model.label_en, model.description),
        )
    ]
    if model.grain:
        lines.append(f"Key: {', '.join(model.grain)}.")
    return _joined(lines)


def describe_column(column: ModelColumn) -> str:
    """Write the comment of a column: a Danish line and an English line.

    A line has the label, the unit, whether the values may be summed, and the description.
    """
    lines = []
    for language, label, description in (
        (Language.da, column.label_da, column.description_da),
        (Language.en, column.label_en, column.description),
    ):
        parts = [f"{label}." if label else ""]
        if column.unit:
            unit = UNITS.get(column.unit, column.unit)
            parts.append(message("Unit: {unit}.", unit=unit).text(language))
        if column.sum:
            how = describe_sum(column.sum)
            parts.append(message("May be summed: {how}.", how=how).text(language))
        lines.append(_joined([*parts, description or ""], " "))
    return _joined(lines)


def describe_sum(code: str) -> Message:
    """Say in words whether and how the values of a column may be summed."""
    return SUMS.get(code) or message("only {how}", how=code.replace("_", " "))


def parquet_metadata(model: Model) -> str:
    """Write the texts of a model as JSON, for the metadata of its Parquet file."""
    content: dict[str, Any] = {
        "table": model.name,
        "label_da": model.label_da,
        "label_en": model.label_en,
        "description_da": model.description_da,
        "description": model.description,
        "grain": list(model.grain),
        "columns": {
            name: {key: value for key, value in vars(column).items() if value and key != "type"}
            for name, column in model.columns.items()
        },
    }
    return json.dumps(content, ensure_ascii=False)


def parquet_options(model: Model | None) -> str:
    """Write the options of DuckDB's ``copy`` for a mart as Parquet with its metadata."""
    if model is None:
        return "(format parquet)"
    content = string_literal(parquet_metadata(model))
    keys = f"{PARQUET_KEY}: {content}, {PANDAS_KEY}: {content}"
    return f"(format parquet, kv_metadata {{{keys}}})"


def _joined(parts: list[str], separator: str = "\n") -> str:
    return separator.join(part for part in parts if part)
