"""The history of checks in a build. It has the results of earlier runs and of the build's own run.

A build starts with the results of earlier runs. The results of its own checks are known only after
all tables are finished. Publishing therefore adds these results, and rebuilds the mart of results
with the mart's own SQL.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from klynge.quality import CheckResult
from klynge.runs import Run

MART = "mart_quality_results"

_COLUMNS = pa.schema(
    {
        "run_id": pa.string(),
        "started_at": pa.timestamp("us", "UTC"),
        "outcome": pa.string(),
        "release_id": pa.string(),
        "check_id": pa.string(),
        "looks_at": pa.string(),
        "says": pa.string(),
        "passed": pa.bool_(),
        "observed": pa.string(),
        "failing_count": pa.int64(),
        "failing_rows": pa.string(),
        "error": pa.string(),
        "seconds": pa.float64(),
    }
)


def write_history(
    connection: duckdb.DuckDBPyConnection, results: Iterable[tuple[Run, Sequence[CheckResult]]]
) -> None:
    """Create ``raw.quality_results``: one row per run and check."""
    connection.register("results", _table(results))
    connection.execute("create table raw.quality_results as from results")
    connection.unregister("results")


def add_run(database: Path, run: Run, results: Sequence[CheckResult], models: Path) -> None:
    """Add a run to the history of a finished build, and rebuild the mart of results.

    ``models`` is the folder with the build's compiled SQL.
    """
    sql = (models / "audit" / f"{MART}.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("results", _table([(run, results)]))
        connection.execute("insert into raw.quality_results by name from results")
        connection.execute(f"delete from audit.{MART}")
        connection.execute(f"insert into audit.{MART} by name {sql}")


def _table(results: Iterable[tuple[Run, Sequence[CheckResult]]]) -> pa.Table:
    return pa.Table.from_pylist(
        [_row(run, result) for run, of_run in results for result in of_run], schema=_COLUMNS
    )


def _row(run: Run, result: CheckResult) -> dict[str, Any]:
    return {
        **asdict(result),
        "run_id": run.run_id,
        "started_at": datetime.fromisoformat(run.started_at),
        "outcome": run.outcome,
        "release_id": run.release_id,
        "failing_rows": json.dumps(result.failing_rows, ensure_ascii=False),
    }
