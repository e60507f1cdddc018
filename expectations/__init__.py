"""All code that uses Great Expectations: the checkpoints of the door and of the release gate.

``suites`` holds the checks of the gate. They are rules in SQL, which ``rules`` reads, and typed
expectations. ``door_suites`` holds the checks of the door. ``declaration`` adds id, owner and keys
to an expectation. ``checkpoint`` runs suites. ``results`` turns the outcome into
:class:`klynge.quality.CheckResult`, which can be read without Great Expectations. ``data_docs``
turns the outcome into pages. ``duckdb_source`` makes Great Expectations work on DuckDB.
"""

import os

# Great Expectations reads the variable during its import, so the variable is set before
os.environ["GX_ANALYTICS_ENABLED"] = "false"
