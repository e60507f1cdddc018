"""Read what an export wrote back into tables of DuckDB, and compare content hashes."""

import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from defusedxml import ElementTree

from klynge.releases.reading import DATABASE, Release
from klynge.warehouse.content_hash import content_hash

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAY_0 = date(1899, 12, 30)


def hashed_tables(release: Release, names: list[str]) -> dict[str, str]:
    """Return ``schema.table`` -> content hash from the manifest, for tables that have a hash."""
    hashes = {f"{t['schema']}.{t['table']}": t["content_hash"] for t in release.manifest["tables"]}
    return {name: hashes[name] for name in names if hashes[name]}


def hash_of_rows(release: Release, name: str, rows: list[tuple]) -> str:
    """Put rows into a table with the columns of the release's table; return its content hash."""
    schema, _, table = name.partition(".")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release.path / DATABASE}' as original (read_only)")
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create table {name} as from original.{name} limit 0")
        fields = connection.execute(f"from {name}").to_arrow_table().schema
        columns = zip(*rows, strict=True) if rows else [() for _ in fields]
        arrays = [pa.array(c, type=f.type) for c, f in zip(columns, fields, strict=True)]
        connection.register("given", pa.table(arrays, schema=fields))
        connection.execute(f"insert into {name} from given")
        return content_hash(connection, schema, table)


def hash_of_parquet(name: str, path: Path) -> str:
    """The content hash of a Parquet file."""
    schema, _, table = name.partition(".")
    with duckdb.connect() as connection:
        connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create table {name} as from '{path}'")
        return content_hash(connection, schema, table)


def types_of(release: Release, name: str) -> list[str]:
    """The types of a table's columns."""
    found = release.arrow(
        "select data_type from duckdb_columns() "
        f"where schema_name || '.' || table_name = '{name}' order by column_index"
    )
    return found["data_type"].to_pylist()


def read_sheet(path: Path, number: int = 1) -> list[list[Any]]:
    """Read the cells of a sheet as the file has them: texts, and numbers with every digit."""
    with zipfile.ZipFile(path) as file:
        sheet = ElementTree.fromstring(file.read(f"xl/worksheets/sheet{number}.xml"))
        texts = []
        if "xl/sharedStrings.xml" in file.namelist():
            shared = ElementTree.fromstring(file.read("xl/sharedStrings.xml"))
            texts = ["".join(t.text or "" for t in one.iter(f"{_MAIN}t")) for one in shared]
    rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        rows += [[] for _ in range(int(row.get("r")) - len(rows))]
        for cell in row.iter(f"{_MAIN}c"):
            place = _column(cell.get("r"))
            rows[-1] += [None] * (place + 1 - len(rows[-1]))
            rows[-1][place] = _value(cell, texts)
    return rows


def rows_of_workbook(release: Release, name: str, path: Path) -> Iterator[tuple]:
    """Yield the rows of a workbook, with the types of the release's table."""
    kinds = types_of(release, name)
    for cells in read_sheet(path)[1:]:
        padded = cells + [None] * (len(kinds) - len(cells))
        yield tuple(_typed(value, kind) for value, kind in zip(padded, kinds, strict=True))


def _column(reference: str) -> int:
    place = 0
    for letter in re.match("[A-Z]+", reference)[0]:
        place = 26 * place + ord(letter) - ord("A") + 1
    return place - 1


def _value(cell: Any, texts: list[str]) -> Any:
    found = cell.find(f"{_MAIN}v")
    if found is None or cell.find(f"{_MAIN}f") is not None:
        return "a formula" if found is not None else None
    if cell.get("t") == "s":
        escaped = texts[int(found.text)]
        return re.sub("_x([0-9A-F]{4})_", lambda m: chr(int(m[1], 16)), escaped)
    if cell.get("t") == "b":
        return found.text == "1"
    return Decimal(found.text)


def _typed(value: Any, kind: str) -> Any:
    if value is None or kind == "TIMESTAMP WITH TIME ZONE":
        return None
    return _DAY_0 + timedelta(days=int(value)) if kind == "DATE" else value
