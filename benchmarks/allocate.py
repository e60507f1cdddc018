"""Time the command ``klynge allocate``, including its start, on 28 and on 100,000 applications.

Run it with ``make bench-allocate``; it uses the current release. In the large file, every
application gets a share of a pot. Each file is timed twice: with stated scores, and with a score
for each criterion.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

CALL, TURNS = "klyngeprogram_2025_2028", 3
#: (name of the file, number of rows, aim in seconds)
FEW, MANY = (28, 3.0), (100_000, 10.0)
AREAS = ("construction", "energy_technology", "sound_technology", "tourism")
#: Criterion code -> the grants that have it.
CODES = {
    "A1": "both", "A2": "both", "B1": "both", "B2": "both", "B3": "cluster",
    "A3": "innovation", "C1": "innovation", "C2": "innovation",
}  # fmt: skip


def lines(rows: int, columns: list[str]) -> Iterator[str]:
    """Return the lines of a file with ``rows`` applications.

    Each organisation has two applications. The scores are from 6.50 to 9.99.
    """
    yield ";".join(["organisation_id;area_id;grant_type;applied_amount_kr", *columns])
    for number in range(rows):
        organisation, grant = number // 2, ("cluster", "innovation")[number % 2]
        scores = [
            f"{650 + (number * 7919 + place * 104729) % 350}"
            if CODES.get(column, "both") in ("both", grant)
            else ""
            for place, column in enumerate(columns)
        ]
        told = [f"{score[:-2]},{score[-2:]}" if score else "" for score in scores]
        amount = 100_000 + number * 7907 % 1_000_000
        area = AREAS[organisation % len(AREAS)]
        yield ";".join([f"o{organisation}", area, grant, str(amount), *told])


def seconds(path: Path) -> float:
    """Run the command three times and return the median time."""
    took = []
    for _ in range(TURNS):
        began = time.perf_counter()
        subprocess.run(
            [
                sys.executable, "-m", "cli.main", "allocate", str(path), "--call", CALL,
                "--competition", "none", "--format", "csv", "--out", f"{path}.out",
            ],
            check=True,
            capture_output=True,
            env=os.environ,
        )  # fmt: skip
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def main() -> None:
    """Write the files, time the command, and exit with code 1 if it misses an aim."""
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for rows, aim in (FEW, MANY):
            for name, columns in (("score", ["score"]), ("criteria", list(CODES))):
                path = Path(folder) / f"{name}_{rows}.csv"
                path.write_text("\n".join([*lines(rows, columns), ""]), encoding="utf-8")
                took = seconds(path)
                print(f"{rows:,} applications, {name}: {took:.2f} s (aim {aim:.0f})")
                kept = kept and took <= aim
    sys.exit(not kept)


if __name__ == "__main__":
    main()
