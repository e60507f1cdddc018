"""Everything that knows Great Expectations: declared checks, and what judges a DuckDB file by them.

``gate`` holds the suites of a release; ``check`` is how a check is declared; ``runner`` runs them;
``duckdb_source`` makes Great Expectations work on DuckDB; ``data_docs`` shows suites and results as
pages. What comes out is a :class:`klynge.quality.CheckResult`, which needs no Great Expectations.
"""

import os

# read when Great Expectations is imported, so it is set before any module of this package does so
os.environ["GX_ANALYTICS_ENABLED"] = "false"
