"""The nightly job, when it runs, and what happens when it fails."""

import dagster as dg

from klynge import runs
from klynge.errors import GateRefusedError
from klynge.home import Home

JOB = "nightly_evaluation_refresh"


@dg.failure_hook(name="record_failure")
def record_failure(context: dg.HookContext) -> None:
    """Write into the run's record which step failed and why; the evidence stays in ``runs/``."""
    error = context.op_exception
    outcome = runs.REFUSED if isinstance(error, GateRefusedError) else runs.FAILED
    runs.end(
        Home.from_environment(),
        context.run_id,
        outcome,
        failed_step=context.step_key,
        reason=str(error),
    )


# one process for the whole run: the lock is held from first step to last, and imports are paid once
nightly_evaluation_refresh = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    hooks={record_failure},
    executor_def=dg.in_process_executor,
    description="Documents and raw zone, dbt models and tests, gate, publish.",
)

every_night = dg.ScheduleDefinition(
    name="every_night_at_two",
    job=nightly_evaluation_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/Copenhagen",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
