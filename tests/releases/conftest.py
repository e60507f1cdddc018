"""Publishing without a nightly run: a small build, and what a run leaves behind."""

import duckdb
import pytest

from klynge.releases.publishing import Evidence, publish

GATE = {"passed": True, "checks": 1, "failed": [], "results": []}


@pytest.fixture
def publish_number(home, tmp_path):
    """Publish a release whose one mart says ``number`` in every row; returns its id."""
    compiled, docs = tmp_path / "compiled", tmp_path / "docs.html"
    compiled.mkdir()
    (compiled / "mart_number.sql").write_text("select 1")
    docs.write_text("<html></html>")

    def make(number: int, rows: int = 1000) -> str:
        with duckdb.connect(str(home.database)) as connection:
            connection.execute("create schema evaluation")
            connection.execute(
                "create table evaluation.mart_number as select "
                f"{number}::bigint as number, 12.50::decimal(18, 2) as amount_kr from range({rows})"
            )
        evidence = Evidence(f"{number:08d}-run", compiled, docs, GATE)
        return publish(home, [], evidence)

    return make
