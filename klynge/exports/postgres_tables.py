"""Describe the tables of a release for PostgreSQL: types, keys and comments."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from klynge.errors import InputError
from klynge.messages import message
from klynge.releases.queries import relation
from klynge.releases.reading import Release

_TYPES = {
    "VARCHAR": "text",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "SMALLINT": "smallint",
    "TINYINT": "smallint",
    "HUGEINT": "numeric(38,0)",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DOUBLE": "double precision",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
}


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values are the keys of another table."""

    columns: tuple[str, ...]
    table: str
    target: tuple[str, ...]


@dataclass(frozen=True)
class PostgresTable:
    """A table. ``name`` is ``schema.table``; ``columns`` maps names to types of PostgreSQL."""

    name: str
    columns: Mapping[str, str]
    required: frozenset[str]
    primary_key: tuple[str, ...]
    unique_keys: tuple[tuple[str, ...], ...]
    foreign_keys: tuple[ForeignKey, ...]
    comment: str
    comments: Mapping[str, str]

    @property
    def schema(self) -> str:
        return self.name.partition(".")[0]

    @property
    def relation(self) -> str:
        """The name of the table, quoted for SQL."""
        return ".".join(map(quoted, self.name.split(".")))

    @property
    def definition(self) -> str:
        """The statement that creates the table, without its foreign keys."""
        lines = [
            f"{quoted(name)} {kind}{' not null' if name in self.required else ''}"
            for name, kind in self.columns.items()
        ]
        if self.primary_key:
            lines.append(f"primary key {_listed(self.primary_key)}")
        lines += [f"unique {_listed(key)}" for key in self.unique_keys]
        return f"create table {self.relation} ({', '.join(lines)})"

    def foreign_key_statements(self) -> list[str]:
        """The statements that declare the foreign keys, which are checked at the commit."""
        return [
            f"alter table {self.relation} add foreign key {_listed(key.columns)} "
            f"references {'.'.join(map(quoted, key.table.split('.')))} {_listed(key.target)} "
            "deferrable initially deferred"
            for key in self.foreign_keys
        ]


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def describe_tables(release: Release, names: Iterable[str]) -> list[PostgresTable]:
    """Describe the tables with these names (``schema.table``), as the release declares them.

    If a table has no declared primary key, its grain is the key, unless the grain has a null.
    Raises :class:`InputError` if PostgreSQL lacks the type of a column.
    """
    declarations = _Declarations(release)
    wanted = list(names)
    return [declarations.describe(name, wanted) for name in wanted]


class _Declarations:
    """What the database of a release declares."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.columns, self.comments = _read_columns(release)
        self.keys = _read_keys(release)

    def describe(self, name: str, names: list[str]) -> PostgresTable:
        """Describe one table. Its foreign keys may refer to the tables ``names``."""
        columns, keys = self.columns[name], self.keys[name]
        described = self.release.describe(name)
        declared = [tuple(k["columns"]) for k in keys if k["kind"] == "PRIMARY KEY"]
        grain = tuple(column for column in described.grain if column in columns)
        if not declared and _is_key(self.release, name, grain):
            declared = [grain]
        texts = {column: text.description for column, text in described.columns.items()}
        return PostgresTable(
            name=name,
            columns={column: _type(name, column, kind) for column, kind in columns.items()},
            required=frozenset(c for k in keys if k["kind"] == "NOT NULL" for c in k["columns"]),
            primary_key=declared[0] if declared else (),
            unique_keys=tuple(tuple(k["columns"]) for k in keys if k["kind"] == "UNIQUE"),
            foreign_keys=tuple(
                ForeignKey(tuple(k["columns"]), target, tuple(k["target"]))
                for k in keys
                if k["kind"] == "FOREIGN KEY"
                and (target := f"{name.partition('.')[0]}.{k['table']}") in names
            ),
            comment=self.comments.get((name, None)) or described.description,
            comments={c: self.comments.get((name, c)) or texts.get(c, "") for c in columns},
        )


def _is_key(release: Release, name: str, grain: tuple[str, ...]) -> bool:
    if not grain:
        return False
    missing = " or ".join(f"{quoted(column)} is null" for column in grain)
    return not release.arrow(
        f"select 1 as one from {relation(name)} where {missing} limit 1"
    ).num_rows


def _read_columns(
    release: Release,
) -> tuple[dict[str, dict[str, str]], dict[tuple[str, str | None], str]]:
    """Read the types of the columns, and the comments.

    The first mapping gives the type by table and column. The second mapping gives the comment by
    (table, column); the comment of a table has the column None.
    """
    columns: dict[str, dict[str, str]] = defaultdict(dict)
    comments: dict[tuple[str, str | None], str] = {}
    for row in release.arrow(
        "select schema_name || '.' || table_name as name, column_name, data_type, comment "
        "from duckdb_columns() where not internal order by name, column_index"
    ).to_pylist():
        columns[row["name"]][row["column_name"]] = row["data_type"]
        comments[row["name"], row["column_name"]] = row["comment"]
    for row in release.arrow(
        "select schema_name || '.' || table_name as name, comment from duckdb_tables()"
    ).to_pylist():
        comments[row["name"], None] = row["comment"]
    return columns, comments


def _read_keys(release: Release) -> dict[str, list[dict[str, Any]]]:
    keys: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in release.arrow(
        "select schema_name || '.' || table_name as name, constraint_type as kind, "
        "constraint_column_names as columns, referenced_table as table, "
        "referenced_column_names as target from duckdb_constraints() order by all"
    ).to_pylist():
        keys[row["name"]].append(row)
    return keys


def _type(table: str, column: str, kind: str) -> str:
    if found := re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind):
        return f"numeric({found[1]},{found[2]})"
    if kind not in _TYPES:
        raise InputError(
            message(
                "{table}.{column} has the type {kind}, which PostgreSQL does not have",
                table=table,
                column=column,
                kind=kind,
            )
        )
    return _TYPES[kind]


def _listed(columns: Iterable[str]) -> str:
    return f"({', '.join(map(quoted, columns))})"
