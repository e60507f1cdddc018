"""The sample at size: participant rows a second, made and written, and the seconds of scale 1.

Run it as ``make bench-sample``. What is solved once, whatever the scale, is timed with scale 1.
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
from sample import sample_files
from sample.files import load, solve, write
from sample.targets import YEARS

SCALE = 40
#: What is aimed at, for making the rows.
ROWS_PER_SECOND = 1_000_000
#: The best of these counts: other work on the machine only ever slows one down.
ROUNDS = 5


def main() -> None:
    """Generate and write; print what it took; exit code 1 below the aim."""
    contract = read_contracts(checkout.CONTRACTS)["participants"]
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        once = _seconds(lambda: sample_files(Path(folder)))
        load(connection, solve(seed=0), SCALE)
        [[rows]] = connection.execute("select count(*) from participants_rows").fetchall()
        making = min(_seconds(lambda: connection.execute(_MADE)) for _ in range(ROUNDS))
        connection.execute("drop table made")
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
    print(f"scale 1, all files: {once[0]:.1f} s ({once[1]:.1f} s of processors)")
    print(f"scale {SCALE}: {rows:,} participant rows, peak memory {gigabytes:.2f} GB")
    for what, (seconds, busy) in (("made", making), ("made and written as CSV", writing)):
        print(
            f"{what}: {seconds:.2f} s ({busy:.2f} s of processors), "
            f"{rows / seconds:,.0f} a second (aim {ROWS_PER_SECOND:,})"
        )
    sys.exit(rows / making[0] < ROWS_PER_SECOND)


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and of all processors together."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - worked


_MADE = "create or replace temp table made as select * from participants_rows"


if __name__ == "__main__":
    main()
