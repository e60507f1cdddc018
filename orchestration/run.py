"""Running the nightly job in this process, for the command line and for tests."""

import os
import uuid

import dagster as dg

from klynge import runs
from klynge.errors import KlyngeError
from klynge.home import Home, machine_errors, write_atomically
from klynge.runs import Run
from orchestration.assembly import build_definitions
from orchestration.nightly import JOB

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_nightly(home: Home) -> Run:
    """Run ``nightly_evaluation_refresh`` and return its record, with the release it published.

    Raises the :class:`KlyngeError` that ended it where it published nothing.
    """
    os.environ["KLYNGE_HOME"] = str(home.root)
    job = build_definitions(home).resolve_job_def(JOB)
    run_id = str(uuid.uuid4())
    try:
        with _instance(home) as instance:
            job.execute_in_process(run_config=_QUIET, instance=instance, run_id=run_id)
    except Exception as error:
        known = _known_cause(error)
        if known is None:
            raise
        raise known from error
    return runs.read(home, run_id)


def _instance(home: Home) -> dg.DagsterInstance:
    """Dagster's own records, below the home, with telemetry off."""
    folder = home.root / "dagster"
    with machine_errors(str(folder)):
        folder.mkdir(exist_ok=True)
        settings = folder / "dagster.yaml"
        if not settings.exists():
            write_atomically(settings, b"telemetry:\n  enabled: false\n")
    os.environ["DAGSTER_HOME"] = str(folder)
    return dg.DagsterInstance.get()


def _known_cause(error: BaseException | None) -> KlyngeError | None:
    while error is not None and not isinstance(error, KlyngeError):
        error = error.__cause__ or error.__context__
    return error
