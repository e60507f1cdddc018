"""Running the nightly job in this process, for the command line and for tests."""

import os
import uuid

import dagster as dg

from klynge import runs
from klynge.errors import KlyngeError
from klynge.home import Home
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
        with _instance() as instance:
            job.execute_in_process(run_config=_QUIET, instance=instance, run_id=run_id)
    except Exception as error:
        known = _known_cause(error)
        if known is None:
            raise
        raise known from error
    return runs.read(home, run_id)


def _instance() -> dg.DagsterInstance:
    """The Dagster deployment of ``$DAGSTER_HOME``, or one that lasts as long as the run.

    Dagster's own event log costs a third of the run's time; the run's evidence is in ``runs/``.
    """
    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.ephemeral()


def _known_cause(error: BaseException | None) -> KlyngeError | None:
    while error is not None and not isinstance(error, KlyngeError):
        error = error.__cause__ or error.__context__
    return error
