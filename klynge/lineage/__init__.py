"""Find the source rows of a figure and prove them, or find the figures that use a source row.

A tracer needs the compiled SQL of the models in DuckDB's dialect. It also needs a database file
with all tables, including the source tables::

    with Tracer.reading(database, models, marts) as tracer:
        trace = tracer.trace("mart_sales", {"shop": "north", "year": 2023}, "share_percent")
        trace.proof.status              # proved, guarded, coarse, global or failed
        trace.support                   # for each source table: the number and the hash of its rows
        trace.rows("raw.sales", most=10)
        tracer.forward("a1b2#17")       # the figures that depend on one source row

A trace takes five passes:

1. **Parse and qualify.** sqlglot parses the SQL of each model and finds the table of each column
   (``relational/parser.py``).
2. **Relational blocks.** Queries become a graph of operators: table scan, select-project-join,
   aggregate, window, union, set operation (``relational/``).
3. **Predicate pushdown.** The key of the figure is pushed towards the source tables, and the blocks
   are computed only for rows that can matter (``rows/pushdown.py``, ``rows/restriction.py``).
4. **Row lineage.** Edges connect each row to the rows that it was computed from
   (``rows/row_edges.py``). A trace follows the edges from the figure down to the source rows
   (``rows/row_lineage.py``). Forward lineage follows the same edges from a source row up to the
   figures (``rows/forward_lineage.py``).
5. **Replay and proof.** The compiled SQL is run on the supporting rows alone and must give the same
   figure. Some clauses, such as NOT EXISTS, depend on rows that do not exist or do not match. The
   rows that such a clause looked at are listed (``proof/``).
"""

from klynge.lineage.column_lineage import ColumnLineage
from klynge.lineage.errors import LineageError
from klynge.lineage.explanation import Explanation
from klynge.lineage.result import (
    Considered,
    Coverage,
    Destination,
    Figure,
    Forward,
    LeftOut,
    Proof,
    RowSet,
    TraceStep,
    Verdict,
)
from klynge.lineage.trace import Trace
from klynge.lineage.tracer import Tracer

__all__ = [
    "ColumnLineage",
    "Considered",
    "Coverage",
    "Destination",
    "Explanation",
    "Figure",
    "Forward",
    "LeftOut",
    "LineageError",
    "Proof",
    "RowSet",
    "Trace",
    "TraceStep",
    "Tracer",
    "Verdict",
]  # fmt: skip
