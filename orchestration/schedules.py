"""The schedule of the nightly job."""

import dagster as dg

from orchestration.jobs import nightly_evaluation_refresh

#: How long the job waits for another run or command. None of them takes longer than this.
WAIT_MINUTES = 120

# If the machine was off at 02:00, the night runs as soon as `make dagster` is started again. After
# several missed nights it runs only once, because Dagster catches up only partitioned schedules.
# When the clock is put forward, 02:00 does not exist, so the night runs at 03:00.
every_night = dg.ScheduleDefinition(
    name="every_night_at_two",
    job=nightly_evaluation_refresh,
    cron_schedule="0 2 * * *",
    execution_timezone="Europe/Copenhagen",
    run_config={"resources": {"nightly": {"config": {"wait_minutes": WAIT_MINUTES}}}},
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Publish a release every night at 02:00, Copenhagen time.",
)
