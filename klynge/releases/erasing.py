"""Remove erased rows from everything that was made from them.

The rows themselves are in the raw zone, where they are erased first. Copies of the rows are in the
last build, in the results of runs and in the databases of releases.
"""

from dataclasses import dataclass

from klynge.home import Home, machine_errors
from klynge.intake.retention import finish_erasures
from klynge.raw_zone import read_ledger
from klynge.redaction import redact_records
from klynge.releases.publishing import prune
from klynge.releases.restating import Restatement, restate_current


@dataclass(frozen=True)
class Cleanup:
    """What an erasure removed besides the rows: the databases of releases.

    ``pruned`` has the ids of these releases. ``restatement`` describes the current release.
    """

    pruned: tuple[str, ...]
    restatement: Restatement | None


def finish_erasure(home: Home) -> Cleanup:
    """Remove everything that still holds erased rows. The caller holds the lock.

    The function may be repeated, for example after an interruption.
    """
    finish_erasures(home)
    erased = [load.load_id for load in read_ledger(home) if load.erased]
    redact_records(home, {f"{load_id}#" for load_id in erased})
    with machine_errors(str(home.build)):
        for stale in home.build.glob("klyngedata.duckdb*"):
            stale.unlink()
    restatement = restate_current(home)
    return Cleanup(tuple(prune(home)), restatement)
