"""Where supporting rows came from: a line of a document, a row of a file, a reference row."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.lineage.relational.model_graph import ROW_KEY
from klynge.releases.reading import REFERENCE, Release

RAW = "raw"


@dataclass(frozen=True)
class Source:
    """Supporting rows of one table that came in together, in one file.

    ``about`` says what is known of the file: the document's card, or the load's ledger entry.
    ``places`` are the first of the rows: of print ``line`` and ``printed_text``, of submissions
    ``row``, the number of the row in the file, each with its ``source_row_key``; of reference data
    the columns themselves.
    """

    #: ``print``, ``submission``, ``reference``, or ``ledger`` for what the warehouse says of itself
    kind: str
    table: str
    file: str
    sha256: str | None
    rows: int
    about: dict[str, Any]
    places: list[dict[str, Any]]


@dataclass(frozen=True)
class Supporting:
    """The supporting rows of a release's stored tables."""

    connection: duckdb.DuckDBPyConnection
    #: the name the release is attached by
    database: str
    #: ``schema.table`` -> the SQL condition that selects its supporting rows
    where: Mapping[str, str]

    def relation(self, table: str) -> str:
        """The supporting rows of a table, as a relation to select from."""
        schema, _, name = table.partition(".")
        stored = f'"{self.database}"."{schema}"."{name}"'
        return f"(select * from {stored} where {self.where[table]})"

    def count(self, table: str) -> int:
        """How many rows of a table there are."""
        [(rows,)] = self.connection.execute(
            f"select count(*) from {self.relation(table)}"
        ).fetchall()
        return int(rows)

    def total(self, table: str) -> int:
        """How many rows the release has of a table."""
        schema, _, name = table.partition(".")
        [(rows,)] = self.connection.execute(
            f'select count(*) from "{self.database}"."{schema}"."{name}"'
        ).fetchall()
        return int(rows)

    def columns(self, table: str) -> list[str]:
        """The columns of a table."""
        found = self.connection.execute(f"describe select * from {self.relation(table)}")
        return [row[0] for row in found.fetchall()]

    def first(self, table: str, limit: int | None, columns: str = "*") -> list[dict[str, Any]]:
        """The first rows of a table, by its row key where it has one; all without a limit."""
        order = ROW_KEY if ROW_KEY in self.columns(table) else "all"
        found = self.connection.execute(
            f"select {columns} from {self.relation(table)} order by {order}{_limit(limit)}"
        )
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def sources(supporting: Supporting, release: Release, limit: int | None) -> list[Source]:
    """Where the supporting rows of raw and reference tables came from, file by file.

    ``limit`` is how many places of each file are told; None tells all.
    """
    found: list[Source] = []
    for table in sorted(supporting.where):
        schema, _, name = table.partition(".")
        if schema == REFERENCE:
            found.append(_of_reference(supporting, release, table, name, limit))
        elif schema == RAW:
            columns = supporting.columns(table)
            if ROW_KEY in columns and "load_id" in columns:
                found += _of_submissions(supporting, table, limit)
            elif ROW_KEY in columns:
                found += _of_print(supporting, table, limit)
            else:
                places = supporting.first(table, limit)
                rows = supporting.count(table)
                found.append(Source("ledger", table, table, None, rows, {}, places))
    return sorted(found, key=lambda source: _ORDER.index(source.kind))


#: What is told of a load.
_LEDGER = (
    "load_id",
    "dataset",
    "reporter",
    "period",
    "correction_no",
    "partial",
    "basis",
    "contract_version",
    "received_at",
    "accepted_by",
    "accepted_because",
)
#: Outside the warehouse comes first, what it says of itself last.
_ORDER = ("print", "submission", "reference", "ledger")


def _of_print(supporting: Supporting, table: str, limit: int | None) -> Iterator[Source]:
    columns = supporting.columns(table)
    line = "line" if "line" in columns else "null"
    text = next((c for c in ("printed_text", "says", "figure_id") if c in columns), "null")
    order = "line, " if "line" in columns else ""
    for card, rows in _files(supporting, table, "document_id", "documents"):
        places = supporting.connection.execute(
            f"select {ROW_KEY}, {line}, {text} from {supporting.relation(table)} "
            f"where document_id = $document order by {order}{ROW_KEY}{_limit(limit)}",
            {"document": card["document_id"]},
        ).fetchall()
        yield Source(
            "print",
            table,
            card["file_name"],
            card["sha256"],
            rows,
            {name: card[name] for name in ("document_id", "title", "publisher", "published")}
            | _transcribed(supporting, table, card["document_id"]),
            [dict(zip((ROW_KEY, "line", "printed_text"), one, strict=True)) for one in places],
        )


def _transcribed(supporting: Supporting, table: str, document_id: str) -> dict[str, Any]:
    """The ledger's entry of a document's rows: when they came in, and who let them."""
    names = ("load_id", "received_at", "accepted_by", "accepted_because")
    [entry] = supporting.connection.execute(
        f'select {", ".join(names)} from "{supporting.database}".raw.loads '
        "where dataset = $dataset and json_extract_string(about, '$.document_id') = $document",
        {"dataset": table.partition(".")[2], "document": document_id},
    ).fetchall()
    return dict(zip(names, entry, strict=True))


def _of_submissions(supporting: Supporting, table: str, limit: int | None) -> Iterator[Source]:
    number = f"cast(split_part({ROW_KEY}, '#', 2) as bigint)"
    for load, rows in _files(supporting, table, "load_id", "loads"):
        places = supporting.connection.execute(
            f"select {ROW_KEY}, {number} as row from {supporting.relation(table)} "
            f"where load_id = $load order by row{_limit(limit)}",
            {"load": load["load_id"]},
        ).fetchall()
        files = json.loads(load["files"])
        about = json.loads(load["about"])
        yield Source(
            "submission",
            table,
            ", ".join(files),
            ", ".join(files.values()),
            rows,
            {name: load[name] for name in _LEDGER}
            | {name: about[name] for name in ("objections", "decision") if about.get(name)},
            [dict(zip((ROW_KEY, "row"), one, strict=True)) for one in places],
        )


def _of_reference(
    supporting: Supporting, release: Release, table: str, name: str, limit: int | None
) -> Source:
    file = f"{name}.csv"
    digest = release.manifest["inputs"]["reference"].get(file)
    places = supporting.first(table, limit)
    return Source(
        "reference", table, f"{REFERENCE}/{file}", digest, supporting.count(table), {}, places
    )


def _files(
    supporting: Supporting, table: str, key: str, cards: str
) -> Iterator[tuple[dict[str, Any], int]]:
    """What is known of each document or load that rows of a table came with, and how many did."""
    found = supporting.connection.execute(
        f"select count(*) as supporting_rows, any_value(card) as card "
        f"from {supporting.relation(table)} as rows "
        f'join "{supporting.database}".raw.{cards} as card using ({key}) '
        f"group by {key} order by {key}"
    ).fetchall()
    for rows, card in found:
        yield card, rows


def _limit(limit: int | None) -> str:
    return "" if limit is None else f" limit {limit}"
