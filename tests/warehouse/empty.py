"""Build a warehouse without rows: every table has its columns and types.

This takes a few seconds. dbt reads the types of a unit test's inputs from the tables; it needs no
rows in them.
"""

import os
from pathlib import Path
from typing import Any
from unittest import mock

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from klynge import checkout
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.print.documents import land_documents
from klynge.warehouse.raw_tables import BuildInputs, start_build


def build_empty_warehouse(home: Home) -> None:
    """Create every table of the warehouse in ``home.database``; only raw tables get rows."""
    loads = land_documents(home, checkout.SEEDS)
    start_build(home, BuildInputs(loads, read_contracts(checkout.CONTRACTS), loads, []))
    call_dbt(home, "seed")
    call_dbt(home, "run", "--empty")


def call_dbt(home: Home, *arguments: str, project: Path = checkout.DBT_PROJECT) -> list[Any]:
    """Call dbt on the database of ``home`` and return the results of the nodes.

    Raises the exception that stopped dbt, for example because a model cannot be parsed.
    """
    with mock.patch.dict(os.environ, KLYNGE_HOME=str(home.root)):
        try:
            outcome = dbtRunner().invoke(
                [
                    *("--log-level", "none", "--log-level-file", "none", "--no-version-check"),
                    *arguments,
                    *("--project-dir", str(project)),
                    *("--profiles-dir", str(checkout.PROFILES)),
                    *("--target-path", str(home.build / "empty")),
                    *("--log-path", str(home.build / "empty")),
                ]
            )
        finally:
            DuckDBConnectionManager.close_all_connections()
    if outcome.exception is not None:
        raise outcome.exception
    return list(outcome.result.results)
