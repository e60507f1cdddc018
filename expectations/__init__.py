"""Everything that knows Great Expectations: the checkpoints of the door and of the release gate.

``suites`` holds the checks of the gate: rules in SQL by table, which ``rules`` reads, and typed
expectations. ``door_suites`` are the checks of the door. ``declaration`` is what the project adds
to an expectation. ``checkpoint`` runs suites, ``results`` turns the outcome into
:class:`klynge.quality.CheckResult`, which is read without Great Expectations, and ``data_docs``
into pages. ``duckdb_source`` makes Great Expectations work on DuckDB.
"""

import os

# read when Great Expectations is imported, so it is set before any module of this package does so
os.environ["GX_ANALYTICS_ENABLED"] = "false"
