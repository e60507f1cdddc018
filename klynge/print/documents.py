"""Load the transcribed documents from ``seeds/documents`` into the raw zone."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from pathlib import Path

import pyarrow as pa

from klynge import raw_zone
from klynge.home import Home
from klynge.messages import message
from klynge.print.claims import CLAIM_COLUMNS, Cells, ClaimTerm, claim_terms
from klynge.print.origin_card import Origin
from klynge.print.transcription import CELL_COLUMNS, Transcription, read_transcriptions
from klynge.raw_zone import Load
from klynge.reference.checks import check_reference
from klynge.reference.seeds import Reference

#: The datasets of a document: its cells, its claims, and the terms of its claims. Each dataset is a
#: load.
CELLS, CLAIMS, CLAIM_TERMS = "published_cells", "published_claims", "published_claim_terms"
DATASETS = (CELLS, CLAIMS, CLAIM_TERMS)
#: Increase this number if columns of the files or their meanings change. Old loads keep their
#: version.
CONTRACT_VERSION = "1"

_TERM_COLUMNS = ("claim_id", *(field.name for field in fields(ClaimTerm)))

Row = dict[str, str | None]


def land_documents(home: Home, seeds: Path) -> list[Load]:
    """Write each document into the raw zone if it is not there yet.

    Returns the loads of all transcriptions under ``seeds``, in order of document id. All documents
    are read and checked before the first one is written.
    """
    transcriptions = read_transcriptions(seeds)
    cells = {t.origin.document_id: t.cells for t in transcriptions}
    figures = (f"{document}#{cell['cell_id']}" for document in cells for cell in cells[document])
    check_reference(Reference(seeds / "reference"), cells, figures)
    return [
        _land(home, transcription, dataset, columns, list(rows))
        for transcription in transcriptions
        for dataset, columns, rows in (
            (CELLS, CELL_COLUMNS, _cell_rows(transcription)),
            (CLAIMS, CLAIM_COLUMNS, _claim_rows(transcription)),
            (CLAIM_TERMS, _TERM_COLUMNS, _term_rows(transcription, cells)),
        )
    ]


def complete_roles(loads: Sequence[Load], seeds: Path) -> list[Load]:
    """Add roles to loads of documents, if an older version of the program left them out.

    Such a load takes four fields from the origin card of its document under ``seeds``: the role,
    the series, the headline, and the roles of the tables. All other fields of the load stay. A load
    stays as it is if it has a role already, or if its document has no card. Returns all loads in
    their order.
    """
    lacking = [load for load in loads if load.dataset in DATASETS and "role" not in load.about]
    transcriptions = read_transcriptions(seeds) if lacking else []
    origins = {t.origin.document_id: t.origin for t in transcriptions}
    completed = {
        load.load_id: _complete(load, origins[load.about["document_id"]])
        for load in lacking
        if load.about["document_id"] in origins
    }
    return [completed.get(load.load_id, load) for load in loads]


def _complete(load: Load, origin: Origin) -> Load:
    roles = {table.table_id: table.role for table in origin.tables}
    added = {
        "role": origin.role,
        "series_id": origin.series_id,
        "headline_cell_id": origin.headline_cell_id,
        "tables": [
            {**table, "role": roles.get(table["table_id"])} for table in load.about["tables"]
        ],
    }
    return replace(load, about={**load.about, **added})


def _cell_rows(transcription: Transcription) -> Iterable[Row]:
    document = transcription.origin.document_id
    for cell in transcription.cells:
        yield _row(document, f"{document}#{cell['cell_id']}", cell)


def _claim_rows(transcription: Transcription) -> Iterable[Row]:
    document = transcription.origin.document_id
    for claim in transcription.claims:
        yield _row(document, f"{document}#claim:{claim['claim_id']}", claim)


def _term_rows(transcription: Transcription, cells: Cells) -> Iterable[Row]:
    document = transcription.origin.document_id
    for claim in transcription.claims:
        for number, term in enumerate(claim_terms(claim, document, cells), start=1):
            key = f"{document}#claim:{claim['claim_id']}#{number}"
            yield _row(document, key, {"claim_id": claim["claim_id"], **asdict(term)})


def _row(document_id: str, key: str, values: Mapping[str, str | None]) -> Row:
    filled = {name: value or None for name, value in values.items()}
    return {"source_row_key": key, "document_id": document_id, **filled}


def _land(
    home: Home,
    transcription: Transcription,
    dataset: str,
    columns: Sequence[str],
    rows: Sequence[Row],
) -> Load:
    origin = transcription.origin
    hashes = {n: hashlib.sha256(d).hexdigest() for n, d in transcription.files.items()}
    identity = {
        "dataset": dataset,
        "contract_version": CONTRACT_VERSION,
        "document_id": origin.document_id,
        "files": hashes,
        # the terms of a claim can name cells of other documents, so ``files`` alone does not
        # identify them
        "rows": hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest(),
    }
    identifier = raw_zone.load_id(identity)
    if raw_zone.folder(home, dataset, identifier).exists():
        return raw_zone.read_load(home, dataset, identifier)
    load = Load(
        load_id=identifier,
        dataset=dataset,
        reporter=origin.publisher,
        period=origin.published,
        correction_no=0,
        basis="published",
        contract_version=CONTRACT_VERSION,
        files=hashes,
        rows_read=len(rows),
        rows_loaded=len(rows),
        rows_rejected=0,
        rows_held=0,
        received_at=raw_zone.now(),
        accepted_by=message("transcription check"),
        accepted_because=message("every row is whole, its keys are known and its number parses"),
        about={**asdict(origin), "tables": [asdict(table) for table in origin.tables]},
    )
    names = ("source_row_key", "document_id", *columns)
    table = pa.table({n: pa.array([r[n] for r in rows], type=pa.string()) for n in names})
    raw_zone.archive(home, transcription.files.values())
    raw_zone.write_load(home, load, table)
    return load
