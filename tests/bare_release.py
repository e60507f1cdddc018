"""Make a release by hand: a folder with a database, a manifest and descriptions, but no home."""

import json
from collections.abc import Mapping
from pathlib import Path

import duckdb

from klynge.releases.manifest import describe_tables
from klynge.releases.reading import DATABASE, Release

RELEASE_ID = "20260301T020000Z-0123abcd"

#: A spreadsheet or a CSV file can spoil these values: long decimals, æøå, formulas, semicolons.
MONEY = """
select * from (values
    ('made', date '2021-12-31', 1234567.50::decimal(18, 2), 12, true, 'published', 'æøå; "Ø"'),
    ('clean', date '2022-12-31', -0.10, null, false, 'published', '=1+1'),
    ('clean', null, 0.00, 3, null, 'sample', '-5,3'),
    ('made', date '2022-12-31', 9999999999999999.99, 0, true, 'reported', e'two\\nlines')
) as t (organisation_id, day, amount_kr, persons, is_known, basis, note)
"""
TABLES = {
    "evaluation.mart_money": MONEY,
    "evaluation.mart_exact": (
        "select 'a' as id, 0.123456789012345678901234567890123456::decimal(38, 36) as level, "
        "12345678901234567890123456789012345678::decimal(38, 0) as whole, now() as clock"
    ),
    "evaluation.mart_empty": f"select * from ({MONEY}) limit 0",
    "core.dim_document": (
        "select 'dfir_2024' as document_id, 'Innovationskraft' as title, 'DFiR' as publisher, "
        "'2024' as published, '002.txt' as file_name, repeat('0', 64) as sha256"
    ),
}
#: Column -> Danish label, English label, unit.
LABELS = {
    "organisation_id": ("Organisation", "Organisation", None),
    "amount_kr": ("Beløb", "Amount", "kr"),
    "persons": ("Personer", "Persons", "number"),
    "day": ("Dato", "Date", None),
    "is_known": ("Kendt", "Known", None),
    "basis": ("Grundlag", "Basis", None),
}


def write_release(
    folder: Path, tables: Mapping[str, str] = TABLES, release_id: str = RELEASE_ID
) -> Release:
    """Write a release whose tables (``schema.table``) have the rows of the given queries."""
    (folder / "sql").mkdir(parents=True)
    (folder / "marts").mkdir()
    with duckdb.connect(str(folder / DATABASE)) as connection:
        for name, query in tables.items():
            schema, _, table = name.partition(".")
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(f"create table {name} as {query}")
            if schema != "core":
                target = folder / "marts" / f"{table}.parquet"
                connection.execute(f"copy {name} to '{target}' (format parquet)")
        entries = describe_tables(connection, ())
        models = [_describe(connection, name) for name in tables]
    manifest = {
        "release_id": release_id,
        "created_at": "2026-03-01T02:00:00+00:00",
        "as_of": None,
        "basis": {"rows": {"published": 2, "sample": 1}, "contains_sample": True},
        "inputs": {"loads": [], "documents": {"dfir_2024": "0" * 64}},
        "tables": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "sql" / "models.json").write_text(json.dumps({"models": models, "seeds": {}}))
    return Release(folder, copied_from=release_id)


def _describe(connection: duckdb.DuckDBPyConnection, name: str) -> dict:
    schema, _, table = name.partition(".")
    columns = {}
    for column in (row[0] for row in connection.execute(f"describe {name}").fetchall()):
        danish, english, unit = LABELS.get(column, (None, None, None))
        columns[column] = {
            "type": None,
            "description": f"The {column}.",
            "label_da": danish,
            "label_en": english,
            "unit": unit,
        }
    return {
        "schema": schema,
        "table": table,
        "file": f"{table}.sql",
        "materialized": "table",
        "reads": [],
        "grain": [],
        "description": f"One row per thing of {table}.",
        "columns": columns,
    }
