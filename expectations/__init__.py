"""Everything that knows Great Expectations: declared checks, and what judges a DuckDB file by them.

``gate`` holds the checks of a release; ``check`` is how one is declared; ``runner`` runs them;
``duckdb_source`` makes Great Expectations work on DuckDB; ``result`` is what comes out, and the
only module here that is quick to import.
"""

import os

# read when Great Expectations is imported, so it is set before any module of this package does so
os.environ["GX_ANALYTICS_ENABLED"] = "false"
