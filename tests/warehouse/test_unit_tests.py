"""dbt's unit tests of the arithmetic in the models."""

import shutil

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from klynge import checkout
from klynge.releases.reading import open_release


def test_the_arithmetic_of_the_models(published, home, monkeypatch):
    # dbt reads the types of a unit test's inputs off a finished build
    shutil.copy(open_release(home=published).whole_database, home.database)
    home.database.chmod(0o644)
    monkeypatch.setenv("KLYNGE_HOME", str(home.root))
    try:
        done = dbtRunner().invoke(
            [
                "--quiet", "--no-version-check", "--log-level-file", "none",
                "test", "--select", "test_type:unit",
                "--project-dir", str(checkout.DBT_PROJECT),
                "--profiles-dir", str(checkout.PROFILES),
                "--target-path", str(home.build / "units"),
            ]
        )  # fmt: skip
    finally:
        DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception
    assert len(done.result.results) >= 10
