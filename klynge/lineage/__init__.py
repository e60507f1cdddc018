"""The lineage of figures: from a cell in a mart to its source rows, with proof, and back.

    with Tracer.reading(database, models, marts) as tracer:
        key = {"organisation_id": "made", "period_id": "2023", "staff_funder": "…"}
        trace = tracer.trace("mart_staffing", key, "share_percent")
        trace.certificate.status        # proved, guarded, coarse, global or failed
        trace.support                   # by raw table: how many rows, and their hash
        trace.rows("raw.full_time_equivalents", most=10)

How it works: ``parsing`` takes compiled SQL apart into the blocks of
``algebra``; ``chain`` knows all models of a release; ``filters`` pushes what is asked for towards
the sources, ``restricting`` computes the rows that can matter, ``supporting`` follows them down to
raw rows along ``edges``, which ``forward`` goes up; ``replaying`` computes figures again from those
alone, ``tagging`` many at once; ``admitting`` finds what decides by its absence.
"""

from klynge.lineage.column_lineage import ColumnSource, column_lineage
from klynge.lineage.result import (
    Certificate,
    Considered,
    Coverage,
    Destination,
    Figure,
    Forward,
    LeftOut,
    RowSet,
    Status,
    Step,
    Trace,
    Verdict,
)
from klynge.lineage.tracer import Tracer

__all__ = [
    "Certificate", "ColumnSource", "Considered", "Coverage", "Destination", "Figure", "Forward",
    "LeftOut", "RowSet", "Status", "Step", "Trace", "Tracer", "Verdict", "column_lineage",
]  # fmt: skip
