"""Everything that knows Great Expectations: the checkpoints of the door and of the release gate.

``suites`` are the gate's suites by subject, ``door_suites`` the door's; ``declaration`` is what the
project adds to an expectation. ``checkpoint`` runs suites, ``results`` turns the outcome into
:class:`klynge.quality.CheckResult`, which is read without Great Expectations, and ``data_docs``
into pages. ``duckdb_source`` makes Great Expectations work on DuckDB.
"""

import os

# read when Great Expectations is imported, so it is set before any module of this package does so
os.environ["GX_ANALYTICS_ENABLED"] = "false"
