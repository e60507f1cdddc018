"""The inbox watch, which starts a run of the nightly job as soon as a file has arrived."""

import hashlib
import json

import dagster as dg

from klynge.home import Home
from klynge.intake.inbox import fingerprint
from orchestration.jobs import nightly_evaluation_refresh

_EVERY_SECONDS = 30


@dg.sensor(
    name="inbox_watch",
    job=nightly_evaluation_refresh,
    minimum_interval_seconds=_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Run the nightly job as soon as a file has arrived in the inbox.",
)
def inbox_watch(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Request a run if a file in the inbox is new or has changed since the last evaluation.

    A refused file stays in the inbox. It causes no second run unless somebody changes the file.
    """
    home = Home.from_environment()
    if home.is_locked():
        return dg.SkipReason(
            "another run is writing: the inbox is looked at again when that run has ended"
        )
    there = fingerprint(home)
    seen = json.loads(context.cursor or "{}")
    arrived = {place: changed for place, changed in there.items() if seen.get(place) != changed}
    context.update_cursor(json.dumps(there))
    if not arrived:
        return dg.SkipReason("nothing new in the inbox")
    key = hashlib.sha256(json.dumps(arrived, sort_keys=True).encode()).hexdigest()
    return dg.RunRequest(run_key=key)
