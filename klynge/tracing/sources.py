"""The files from which supporting rows come: documents, submissions and reference data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from klynge.lineage.relational.model_graph import ROW_KEY
from klynge.lineage.rows.temp_tables import stored_name
from klynge.releases.reading import REFERENCE, Release
from klynge.tracing.report import Source

RAW = "raw"


@dataclass(frozen=True)
class SupportingRows:
    """The supporting rows of a trace, in each stored table."""

    #: a connection to which the release is attached
    connection: duckdb.DuckDBPyConnection
    #: ``schema.table`` -> the SQL condition that selects its supporting rows
    where: Mapping[str, str]

    def relation(self, table: str) -> str:
        """Return SQL for the supporting rows of a table, to put after FROM."""
        return f"(select * from {stored_name(table)} where {self.where[table]})"

    def count(self, table: str) -> int:
        """Count the supporting rows of a table."""
        query = f"select count(*) from {self.relation(table)}"
        [(rows,)] = self.connection.execute(query).fetchall()
        return int(rows)

    def columns(self, table: str) -> dict[str, str]:
        """Map each column of a table to its type."""
        found = self.connection.execute(f"describe select * from {self.relation(table)}")
        return {name: kind for name, kind, *_ in found.fetchall()}

    def first(self, table: str, limit: int | None) -> list[dict[str, Any]]:
        """Return the first ``limit`` supporting rows of a table, by row key; all rows if None."""
        order = ROW_KEY if ROW_KEY in self.columns(table) else "all"
        found = self.connection.execute(
            f"select * from {self.relation(table)} order by {order}{_limit(limit)}"
        )
        names = [one[0] for one in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def find_sources(supporting: SupportingRows, release: Release, limit: int | None) -> list[Source]:
    """Find the files from which the supporting rows of raw and reference tables were loaded.

    ``limit`` is the number of rows that are listed for each file; None lists all rows.
    """
    found: list[Source] = []
    for table in sorted(supporting.where):
        schema = table.partition(".")[0]
        if schema == REFERENCE:
            found.append(_reference_source(supporting, release, table, limit))
        elif schema == RAW:
            found += _raw_sources(supporting, table, limit)
    return sorted(found, key=lambda source: _ORDER.index(source.kind))


#: The shown columns of a load's ledger entry.
_LEDGER = (
    "load_id",
    "dataset",
    "reporter",
    "period",
    "correction_no",
    "partial",
    "basis",
    "contract_version",
    "rows_rejected",
    "received_at",
    "accepted_by",
    "accepted_because",
)
#: The entries of ``about`` of a load that are shown.
_LEDGER_ABOUT = ("objections", "refused", "decision")
#: The order of sources: documents and submissions first, the warehouse's own records last.
_ORDER = ("print", "submission", "reference", "ledger")


def _raw_sources(supporting: SupportingRows, table: str, limit: int | None) -> Iterator[Source]:
    columns = supporting.columns(table)
    if ROW_KEY in columns and "load_id" in columns:
        yield from _submissions(supporting, table, limit)
    elif ROW_KEY in columns:
        yield from _documents(supporting, table, limit)
    else:
        rows, places = supporting.count(table), supporting.first(table, limit)
        yield Source("ledger", table, table, None, rows, {}, places)


def _documents(supporting: SupportingRows, table: str, limit: int | None) -> Iterator[Source]:
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


def _transcribed(supporting: SupportingRows, table: str, document_id: str) -> dict[str, Any]:
    """Return when a document's load was received, who accepted it and why."""
    names = ("load_id", "received_at", "accepted_by", "accepted_because")
    [entry] = supporting.connection.execute(
        f"select {', '.join(names)} from {stored_name('raw.loads')} "
        "where dataset = $dataset and json_extract_string(about, '$.document_id') = $document",
        {"dataset": table.partition(".")[2], "document": document_id},
    ).fetchall()
    return dict(zip(names, entry, strict=True))


def _submissions(supporting: SupportingRows, table: str, limit: int | None) -> Iterator[Source]:
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
            | {name: about[name] for name in _LEDGER_ABOUT if about.get(name)},
            [dict(zip((ROW_KEY, "row"), one, strict=True)) for one in places],
        )


def _reference_source(
    supporting: SupportingRows, release: Release, table: str, limit: int | None
) -> Source:
    file = f"{table.partition('.')[2]}.csv"
    digest = release.manifest["inputs"]["reference"].get(file)
    rows, places = supporting.count(table), supporting.first(table, limit)
    return Source("reference", table, f"{REFERENCE}/{file}", digest, rows, {}, places)


def _files(
    supporting: SupportingRows, table: str, key: str, cards: str
) -> Iterator[tuple[dict[str, Any], int]]:
    """Find the documents or loads from which a table's rows come, with the numbers of rows."""
    found = supporting.connection.execute(
        f"select count(*) as supporting_rows, any_value(card) as card "
        f"from {supporting.relation(table)} as rows "
        f"join {stored_name(f'raw.{cards}')} as card using ({key}) "
        f"group by {key} order by {key}"
    ).fetchall()
    for rows, card in found:
        yield card, rows


def _limit(limit: int | None) -> str:
    return "" if limit is None else f" limit {limit}"
