"""The history of checking in a build: every result of every run, the run's own joining last.

A build starts with what earlier runs found. Its own results are known only when all tables are
finished, so publishing adds them and makes the mart of results anew, by the mart's own SQL.
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
    connection: duckdb.DuckDBPyConnection, found: Iterable[tuple[Run, Sequence[CheckResult]]]
) -> None:
    """Create ``raw.quality_results``: one row per run that came to its checks, and check."""
    connection.register("found", _table(found))
    connection.execute("create table raw.quality_results as from found")
    connection.unregister("found")


def add_run(database: Path, run: Run, results: Sequence[CheckResult], models: Path) -> None:
    """Add one more run to the history in a finished build.

    ``models`` holds the build's compiled SQL, by which the mart of results is made anew.
    """
    sql = (models / "audit" / f"{MART}.sql").read_text(encoding="utf-8")
    with duckdb.connect(str(database)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("found", _table([(run, results)]))
        connection.execute("insert into raw.quality_results by name from found")
        connection.execute(f"delete from audit.{MART}")
        connection.execute(f"insert into audit.{MART} by name {sql}")


def _table(found: Iterable[tuple[Run, Sequence[CheckResult]]]) -> pa.Table:
    return pa.Table.from_pylist(
        [_row(run, result) for run, results in found for result in results], schema=_COLUMNS
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
