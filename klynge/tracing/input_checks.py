"""Check that the inputs of a trace are unchanged, both the files and the rows in the raw zone."""

from collections.abc import Iterator
from typing import Any

from klynge import raw_zone
from klynge.home import Home
from klynge.lineage.relational.model_graph import ROW_KEY
from klynge.lineage.workspace import string_literal
from klynge.messages import Message, counted
from klynge.raw_zone import DATA
from klynge.releases.inputs import find_changed_inputs
from klynge.releases.reading import Release
from klynge.tracing.report import Source
from klynge.tracing.sources import RAW, SupportingRows


def changed_inputs_of(
    home: Home, release: Release, supporting: SupportingRows, found: list[Source]
) -> list[Message]:
    """Name each input of a trace that has changed since the release was built.

    First, the files of the loads behind the supporting rows are checked, together with the
    release's own models, reference data and contracts. If they are unchanged, the rows in the
    database are compared with the rows in the files.
    """
    loads = _loads(release, found)
    problems = find_changed_inputs(home, release, [entry["load_id"] for entry in loads.values()])
    return problems or list(_changed_rows(home, supporting, loads))


def file_hashes(release: Release, found: list[Source]) -> dict[str, str]:
    """Map every file from which supporting rows come to its SHA-256."""
    hashes = {source.file: source.sha256 for source in found if source.sha256 is not None}
    for entry in _loads(release, found).values():
        hashes |= {f"{entry['load_id']}/{name}": digest for name, digest in entry["files"].items()}
        if entry["rows_sha256"] is not None:
            hashes[f"{entry['load_id']}/{DATA}"] = entry["rows_sha256"]
    return dict(sorted(hashes.items()))


Entries = dict[tuple[str, str], dict[str, Any]]


def _loads(release: Release, found: list[Source]) -> Entries:
    """Map (table, load id or document id) to the manifest's entry, for the loads of ``found``."""
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


def _changed_rows(home: Home, supporting: SupportingRows, loads: Entries) -> Iterator[Message]:
    """Name each raw table whose supporting rows differ from the raw zone."""
    for table in sorted({table for table, _ in loads}):
        files = ", ".join(
            string_literal(raw_zone.folder(home, entry["dataset"], entry["load_id"]) / DATA)
            for (name, _), entry in loads.items()
            if name == table
        )
        changed = _count_changed(
            supporting, table, f"read_parquet([{files}], union_by_name = true)"
        )
        if changed:
            yield counted(
                "{count:,} row of {table} in the release differs from the raw zone",
                "{count:,} rows of {table} in the release differ from the raw zone",
                changed,
                table=table,
            )


def _count_changed(supporting: SupportingRows, table: str, file: str) -> int:
    """Count the supporting rows of a table for which the file has no equal row."""
    execute = supporting.connection.execute
    types = supporting.columns(table)
    columns = [r[0] for r in execute(f"describe from {file}").fetchall() if r[0] in types]
    names = ", ".join(f'"{name}"' for name in columns)
    casts = ", ".join(f'cast("{name}" as {types[name]})' for name in columns)
    rows = supporting.relation(table)
    [(changed,)] = execute(
        f"select count(*) from (select {names} from {rows} except all select {casts} from {file} "
        f"where {ROW_KEY} in (select {ROW_KEY} from {rows}))"
    ).fetchall()
    return int(changed)
