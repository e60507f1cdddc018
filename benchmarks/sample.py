"""Time the sample: participant rows per second at a large scale, and the seconds at scale 1.

Run it with ``make bench-sample``. The rows are timed twice: first they are only generated, then
they are generated and written. The time at scale 1 includes the time to solve the sample. Solving
takes the same time at every scale.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from klynge import checkout
from klynge.intake.contracts import read_contracts
from sample import write_sample_files
from sample.files import load, write
from sample.solution import solve
from sample.targets import YEARS

SCALE = 40
#: The aim for generating rows without writing them.
ROWS_PER_SECOND = 1_000_000
#: The best round counts, because other work on the machine can only slow a round down.
ROUNDS = 5


def main() -> None:
    """Generate and write rows, print the times, and exit with code 1 if the aim is missed."""
    contract = read_contracts(checkout.CONTRACTS)["participants"]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        once = _seconds(lambda: write_sample_files(Path(folder)))
        load(connection, solve(seed=0), SCALE)
        [[rows]] = connection.execute("select count(*) from participants_rows").fetchall()
        generating = min(_seconds(lambda: connection.execute(_GENERATE)) for _ in range(ROUNDS))
        connection.execute("drop table generated")
        writing = min(
            _seconds(
                lambda: [
                    write(connection, contract, Path(folder) / f"{year}.csv", year)
                    for year in YEARS
                ]
            )
            for _ in range(ROUNDS)
        )
    gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"scale 1, all files: {once[0]:.1f} s ({once[1]:.1f} s of processor time)")
    print(f"scale {SCALE}: {rows:,} participant rows, peak memory {gigabytes:.2f} GB")
    for label, (seconds, busy) in (
        ("generated", generating),
        ("generated and written as CSV", writing),
    ):
        print(
            f"{label}: {seconds:.2f} s ({busy:.2f} s of processor time), "
            f"{rows / seconds:,.0f} per second (aim {ROWS_PER_SECOND:,})"
        )
    sys.exit(rows / generating[0] < ROWS_PER_SECOND)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that ``work`` takes by the clock, and its processor seconds."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - worked


_GENERATE = "create or replace temp table generated as select * from participants_rows"


if __name__ == "__main__":
    main()
