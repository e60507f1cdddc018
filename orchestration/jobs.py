"""The nightly job: every asset and every check, in one process."""

import dagster as dg

JOB = "nightly_evaluation_refresh"

# a run has one process, so that it keeps the lock and imports modules only once
nightly_evaluation_refresh = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="Documents and inbox, raw tables, dbt models and tests, gate, release.",
)
