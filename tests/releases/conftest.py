"""Publish a small build with the evidence of a run, but without a nightly run."""

from dataclasses import asdict

import duckdb
import pyarrow as pa
import pytest

from klynge import quality
from klynge.quality import CheckResult
from klynge.raw_zone import write_load
from klynge.releases.publishing import Evidence, publish
from klynge.runs import Run
from klynge.warehouse.quality_history import MART, write_history

PASSED = CheckResult("a_check", "core.t", "It holds.", True, "as expected", [], 0, 0.1, None)
GATE = {"passed": True, "checks": 1, "failed": [], "results": [asdict(PASSED)]}
NO_MODELS = {"models": [], "seeds": {}}


@pytest.fixture
def publish_number(home, tmp_path):
    """Return a function that publishes a release and returns the release's id.

    The only mart of the release has ``number`` in every row.
    """
    compiled, docs, data_docs = (tmp_path / name for name in ("compiled", "docs.html", "quality"))
    (compiled / "audit").mkdir(parents=True)
    (compiled / "mart_number.sql").write_text("select 1")
    (compiled / "audit" / f"{MART}.sql").write_text("from raw.quality_results")
    docs.write_text("<html></html>")
    data_docs.mkdir()

    def make(number: int, rows: int = 1000, loads=(), restricted=(), as_of=None) -> str:
        with duckdb.connect(str(home.database)) as connection:
            connection.execute("create schema evaluation")
            connection.execute(
                "create table evaluation.mart_number as select "
                f"{number}::bigint as number, 12.50::decimal(18, 2) as amount_kr from range({rows})"
            )
            connection.execute("create schema raw")
            write_history(connection, quality.every_run(home))
            connection.execute("create schema audit")
            connection.execute(f"create table audit.{MART} as from raw.quality_results")
        for load in loads:
            write_load(home, load, pa.table({"source_row_key": []}))
        run = Run(f"{number:08d}-run", "2026-01-01T02:00:00+00:00")
        evidence = Evidence(
            run,
            compiled,
            NO_MODELS,
            frozenset(restricted),
            docs,
            GATE,
            GATE,
            data_docs,
            judge_history=lambda _database: None,
        )
        return publish(home, list(loads), evidence, as_of)

    return make
