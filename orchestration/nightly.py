"""The nightly job, and when it runs."""

import dagster as dg

JOB = "nightly_evaluation_refresh"


# one process for the whole run: the lock is held from first step to last, and imports are paid once
nightly_evaluation_refresh = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Documents and inbox, raw zone, dbt models and tests, gate, publish.",
)

every_night = dg.ScheduleDefinition(
    name="every_night_at_two",
    job=nightly_evaluation_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/Copenhagen",
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
