"""Time the sensitivity analysis of the current release, and measure its peak memory.

Run it with ``make bench-sensitivity``. The SQL of the release runs in memory and on two threads. It
draws weights and scores, then computes the outcome and the awards of each draw.
"""

import resource
import time

from klynge.home import Home
from klynge.lineage.workspace import attach_views, run_models, workspace
from klynge.releases.models import read_models
from klynge.releases.reading import open_release

#: Models that only the sensitivity analysis needs.
OWN = ("intermediate.int_sensitivity_", "intermediate.int_turning_")
TURNS = "scores.mart_score_turning_points"
MART = "scores.mart_score_sensitivity"
#: The duration may be at most MOST and should be at most AIM, in seconds.
MOST, AIM = 10.0, 4.0


def main() -> None:
    """Run each model of the sensitivity analysis once and print its time."""
    release = open_release(home=Home.from_environment())
    models = read_models(release)
    stored = {
        name
        for name, model in models.items()
        if model.materialized == "table" and not name.startswith(OWN)
    }
    steps = models.build_plan(stored - {TURNS, MART}, [TURNS, MART])
    with workspace() as connection:
        connection.execute("set threads = 2")
        attach_views(connection, release.whole_database, models.external_inputs(steps))
        together = 0.0
        for model in steps:
            began = time.perf_counter()
            run_models(connection, [model])
            took = time.perf_counter() - began
            together += took
            if model.materialized == "table":
                print(f"{took:6.2f} s  {model.name}")
        rows = connection.execute(f"select count(*), max(draws) from {MART}").fetchone()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{together:6.2f} s  together (at most {MOST:g}, aimed at {AIM:g}); {peak:.2f} GB at most"
    )
    print(f"          rows and draws of the mart: {rows}")


if __name__ == "__main__":
    main()
