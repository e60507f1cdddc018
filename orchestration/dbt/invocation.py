"""Call dbt once, in this process."""

import os
from pathlib import Path
from typing import Any

from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from klynge import checkout, progress
from klynge.errors import InterruptedRunError, MachineError
from klynge.home import Home, machine_remedy
from klynge.reference.seeds import seed_folder

#: Options with which dbt prints nothing. Its events go to the watchers, and its errors are raised.
_QUIET = ("--log-level", "none", "--log-level-file", "none", "--no-version-check")


def invoke(home: Home, *arguments: str, target: Path, seeds: Path | None = None) -> Any:
    """Call dbt, close its connection to the database, and return the result.

    ``arguments`` are dbt's command line, such as ``build``. ``target`` is the folder of dbt's
    artifacts. ``seeds`` is the folder of the seeds, by default that of the build. Raises
    :class:`MachineError` if dbt itself failed, and :class:`InterruptedRunError` if somebody stopped
    it. A failed model or test raises no error.
    """
    os.environ["KLYNGE_HOME"] = str(home.root)
    os.environ["KLYNGE_SEEDS"] = os.path.relpath(seeds or seed_folder(home), checkout.DBT_PROJECT)
    places = (
        ("--project-dir", checkout.DBT_PROJECT),
        ("--profiles-dir", checkout.PROFILES),
        ("--target-path", target),
        ("--log-path", target),
    )
    options = [text for option, path in places for text in (option, str(path))]
    try:
        done = dbtRunner(callbacks=[_report_progress]).invoke([*_QUIET, *arguments, *options])
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if done.exception is not None:
        remedy = machine_remedy(done.exception)
        reason = f"{remedy}, and run again" if remedy else str(done.exception)
        raise MachineError(f"dbt {arguments[0]} failed: {reason}") from done.exception
    if done.result is None and not done.success:
        raise InterruptedRunError(f"dbt {arguments[0]} was stopped")
    return done.result


def _report_progress(event: Any) -> None:
    """Report each finished model or test; dbt calls this function for every event."""
    if event.info.name == "NodeFinished":
        node = event.data.node_info
        progress.detail(f"{node.resource_type} {node.node_name}: {node.node_status}")
