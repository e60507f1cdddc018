"""Landing the transcribed documents: from ``seeds/documents`` into the raw zone."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa

from klynge.home import Home
from klynge.landing import raw_zone
from klynge.landing.raw_zone import Load
from klynge.landing.reference import check_reference
from klynge.landing.transcription import CELL_COLUMNS, Transcription, read_transcriptions

DATASET = "published_cells"
#: Raised when the columns of ``cells.csv`` or their meaning change: old loads stay what they were.
CONTRACT_VERSION = "1"


def land_documents(home: Home, seeds: Path) -> list[Load]:
    """Bring every document into the raw zone; documents that are there already are left alone.

    Returns the loads that the checkout's transcriptions stand for, in order of document id: the
    explicit list a build is made from. All documents are read and checked before any is written.
    """
    transcriptions = read_transcriptions(seeds)
    check_reference(seeds, [t.origin.document_id for t in transcriptions])
    return [_land(home, transcription) for transcription in transcriptions]


def _land(home: Home, transcription: Transcription) -> Load:
    origin = transcription.origin
    hashes = {n: hashlib.sha256(d).hexdigest() for n, d in transcription.files.items()}
    identity = {
        "dataset": DATASET,
        "contract_version": CONTRACT_VERSION,
        "document_id": origin.document_id,
        "files": hashes,
    }
    identifier = raw_zone.load_id(identity)
    if raw_zone.folder(home, DATASET, identifier).exists():
        return raw_zone.read_load(home, DATASET, identifier)
    cells = transcription.cells
    load = Load(
        load_id=identifier,
        dataset=DATASET,
        reporter=origin.publisher,
        period=origin.published,
        correction_no=0,
        basis="published",
        contract_version=CONTRACT_VERSION,
        files=hashes,
        rows_read=len(cells),
        rows_loaded=len(cells),
        rows_rejected=0,
        rows_held=0,
        received_at=raw_zone.now(),
        accepted_by="transcription check",
        accepted_because="every row is whole, its keys are known and its number parses",
        about={**asdict(origin), "tables": [asdict(table) for table in origin.tables]},
    )
    columns = {
        "source_row_key": [f"{origin.document_id}#{c['cell_id']}" for c in cells],
        "document_id": [origin.document_id] * len(cells),
        **{name: [c[name] or None for c in cells] for name in CELL_COLUMNS},
    }
    table = pa.table({n: pa.array(v, type=pa.string()) for n, v in columns.items()})
    raw_zone.write_load(home, load, table, transcription.files)
    return load
