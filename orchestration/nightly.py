"""Run the nightly job in this process, for the command line and for tests."""

import os
import traceback
import uuid
from collections.abc import Iterator
from datetime import datetime

import dagster as dg

from klynge import progress, runs
from klynge.errors import InterruptedRunError, KlyngeError, LockedError, MachineError
from klynge.home import Home
from klynge.messages import message
from klynge.runs import Run
from orchestration.definitions import build_definitions
from orchestration.jobs import JOB

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def run_nightly(home: Home, *, with_sample: bool = False, as_of: datetime | None = None) -> Run:
    """Run ``nightly_evaluation_refresh``; return its record, which names the new release.

    If ``with_sample`` is true, the build also uses the calibrated sample. If ``as_of`` is given,
    the build uses only the loads in the raw zone that were known at that time. The run then loads
    no new files and does not change the current release.

    If the run publishes nothing, this function raises the :class:`KlyngeError` that ended the run.
    An unexpected error becomes a :class:`MachineError`, with its traceback in the run's folder.
    """
    os.environ["KLYNGE_HOME"] = str(home.root)
    run_id = str(uuid.uuid4())
    wishes = {"with_sample": with_sample, "as_of": as_of.isoformat() if as_of else None}
    config = {**_QUIET, "resources": {"nightly": {"config": wishes}}}
    try:
        job = build_definitions(home).resolve_job_def(JOB)
        progress.milestone(message("dbt project parsed, code location put together"))
        with _instance() as instance:
            job.execute_in_process(run_config=config, instance=instance, run_id=run_id)
    except (Exception, KeyboardInterrupt) as error:
        raise _told(home, run_id, error) from error
    return runs.read(home, run_id)


def _told(home: Home, run_id: str, error: BaseException) -> KlyngeError:
    """Turn the error that ended a run into one message, and add the message to the run's record."""
    chain = list(_chain(error))
    known = [e for e in chain if isinstance(e, KlyngeError)]
    if any(_is_interrupt(e) for e in chain):
        told: KlyngeError = InterruptedRunError(message("stopped before the end"))
    elif known:
        told = known[0]
    else:
        told = MachineError(
            message("the run failed in a way nobody foresaw: {fault}", fault=repr(chain[-1]))
        )
    if not isinstance(told, LockedError):
        runs.start(home, run_id)
        runs.end(home, run_id, runs.FAILED, reason=told.message)
        if not known:
            trace = "".join(traceback.format_exception(error))
            runs.keep(home, run_id, "traceback.json", trace.splitlines())
    return told


def _is_interrupt(error: BaseException) -> bool:
    # Ctrl-C raises one type of error in Dagster and another in DuckDB
    return isinstance(error, KeyboardInterrupt | dg.DagsterExecutionInterruptedError) or (
        "interrupted" in str(error).lower() and not isinstance(error, KlyngeError)
    )


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and its causes, each once, because Dagster's causes can form a circle."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _instance() -> dg.DagsterInstance:
    """Open the Dagster instance of ``$DAGSTER_HOME``, or a temporary instance for this run.

    A temporary instance keeps no event log on disk. Writing the log would take a third of the run's
    time, and ``runs/`` records the run anyway.
    """
    if os.environ.get("DAGSTER_HOME"):
        return dg.DagsterInstance.get()
    return dg.DagsterInstance.ephemeral()
