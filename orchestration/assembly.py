"""One function that puts the code location together; tests build the same on another home."""

import dagster as dg

from klynge.home import Home
from klynge.warehouse.schemas import CORE, MARTS
from orchestration import dbt
from orchestration.gate import build_gate
from orchestration.inbox import inbox_watch
from orchestration.landing import raw_zone
from orchestration.lineage import build_lineage
from orchestration.nightly import every_night, nightly_evaluation_refresh
from orchestration.release import build_release
from orchestration.resources import NightlyRun
from orchestration.warehouse import build_warehouse


def build_definitions(home: Home) -> dg.Definitions:
    """Assets, checks, job, schedule and sensor, from the dbt project as it is now."""
    warehouse = build_warehouse(dbt.parse(home))
    published = [key for key in warehouse.keys if key.path[0] in (CORE, *MARTS)]
    steps = [key for key in warehouse.keys if key not in published]
    return dg.Definitions(
        assets=[raw_zone, warehouse, build_lineage(steps), build_release(published)],
        asset_checks=[build_gate()],
        jobs=[nightly_evaluation_refresh],
        schedules=[every_night],
        sensors=[inbox_watch],
        resources={"nightly": NightlyRun()},
    )
