"""Whether what a trace comes down to is what lies in the raw zone: files and rows, unchanged."""

from collections.abc import Iterator
from typing import Any

from klynge import raw_zone
from klynge.home import Home
from klynge.lineage.relational.model_graph import ROW_KEY
from klynge.lineage.workspace import string_literal
from klynge.raw_zone import DATA
from klynge.releases.inputs import find_changed_inputs
from klynge.releases.reading import Release
from klynge.tracing.sources import RAW, Source, Supporting


def changed(home: Home, release: Release, supporting: Supporting, found: list[Source]) -> list[str]:
    """What speaks against the inputs of a trace, one line each; empty where nothing does.

    Looked at are the files of the loads that its rows came with, the release's own models,
    reference data and contracts, and whether the rows in the database are those of the files.
    """
    loads = _loads(release, found)
    problems = find_changed_inputs(home, release, [entry["load_id"] for entry in loads.values()])
    return problems or list(_other_rows(home, supporting, loads))


def files(release: Release, found: list[Source]) -> dict[str, str]:
    """The SHA-256 of every file that supporting rows came in."""
    hashes = {source.file: source.sha256 for source in found if source.sha256 is not None}
    for entry in _loads(release, found).values():
        hashes |= {f"{entry['load_id']}/{name}": said for name, said in entry["files"].items()}
        if entry["rows_sha256"] is not None:
            hashes[f"{entry['load_id']}/{DATA}"] = entry["rows_sha256"]
    return dict(sorted(hashes.items()))


Entries = dict[tuple[str, str], dict[str, Any]]


def _loads(release: Release, found: list[Source]) -> Entries:
    """The manifest's entries of the loads that rows came with, by table and load or document."""
    entries = release.manifest["inputs"]["loads"]
    known = {
        (f"{RAW}.{one['dataset']}", one["document_id"] or one["load_id"]): one for one in entries
    }
    keys = [
        (source.table, str(source.about.get("document_id") or source.about["load_id"]))
        for source in found
        if source.about
    ]
    return {key: known[key] for key in keys}


def _other_rows(home: Home, supporting: Supporting, loads: Entries) -> Iterator[str]:
    """Where a raw table's supporting rows are not those that lie in the raw zone."""
    for table in sorted({table for table, _ in loads}):
        lying = ", ".join(
            string_literal(raw_zone.folder(home, entry["dataset"], entry["load_id"]) / DATA)
            for (of, _), entry in loads.items()
            if of == table
        )
        connection = supporting.connection
        here = dict(
            row[:2]
            for row in connection.execute(
                f"describe select * from {supporting.relation(table)}"
            ).fetchall()
        )
        file = f"read_parquet([{lying}], union_by_name = true)"
        there = [row[0] for row in connection.execute(f"describe from {file}").fetchall()]
        columns = [name for name in there if name in here]
        types = ", ".join(f'cast("{name}" as {here[name]})' for name in columns)
        names = ", ".join(f'"{name}"' for name in columns)
        [(other,)] = connection.execute(
            f"select count(*) from (select {names} from {supporting.relation(table)} except all "
            f"select {types} from {file} where {ROW_KEY} in "
            f"(select {ROW_KEY} from {supporting.relation(table)}))"
        ).fetchall()
        if other:
            yield f"{other} row(s) of {table} in the release are not as they lie in the raw zone"
