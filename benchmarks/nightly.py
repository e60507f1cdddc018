"""Time the nightly run step by step, and compare it with a plain ``dbt build``.

Run it with ``make bench``; it publishes into a temporary home. Other work on the machine changes
both times, so look at their ratio.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from klynge import checkout
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.print.documents import land_documents
from klynge.warehouse.raw_tables import BuildInputs, start_build

ROUNDS = 3


def timed(*command: str, home: Home) -> tuple[float, str]:
    """Run a command; return its duration in seconds and its output.

    Raises :class:`subprocess.CalledProcessError` if the command fails.
    """
    began = time.monotonic()
    done = subprocess.run(
        command,
        env={**os.environ, "KLYNGE_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=True,
    )
    return time.monotonic() - began, done.stdout


def main() -> None:
    """Compare the nightly run with ``dbt build`` in a temporary home."""
    with tempfile.TemporaryDirectory() as folder:
        compare(Home(Path(folder) / "home"))
        # make the releases writable again, so that the temporary folder can be removed
        for published in (Path(folder) / "home" / "releases").rglob("*/"):
            published.chmod(0o755)


def compare(home: Home) -> None:
    """Run ``klynge nightly`` and ``dbt build`` in turn; print each round and the median ratio."""
    scripts = Path(sys.executable).parent
    nightly = (str(scripts / "klynge"), "nightly")
    timed(*nightly, home=home)
    ratios = []
    for number in range(1, ROUNDS + 1):
        # publishing moved the last build away, but dbt build needs a build with raw tables
        prepare_raw_tables(home)
        plain, _ = timed(
            str(scripts / "dbt"), "build", "--quiet", "--no-version-check",
            "--exclude-resource-type", "unit_test",
            "--project-dir", str(checkout.DBT_PROJECT), "--profiles-dir", str(checkout.PROFILES),
            "--target-path", str(home.build / "bench"), "--log-path", str(home.build / "bench"),
            home=home,
        )  # fmt: skip
        whole, told = timed(*nightly, home=home)
        ratios.append(whole / plain)
        print(f"round {number}: klynge nightly {whole:.1f} s, dbt build {plain:.1f} s, "
              f"ratio {whole / plain:.2f}")  # fmt: skip
        if number == ROUNDS:
            print(told)
    print(f"median ratio {sorted(ratios)[ROUNDS // 2]:.2f}")


def prepare_raw_tables(home: Home) -> None:
    """Start a build with raw tables, as the nightly job does before dbt starts."""
    home.prepare()
    loads = land_documents(home, checkout.SEEDS)
    start_build(home, BuildInputs(loads, read_contracts(checkout.CONTRACTS), loads, []))


if __name__ == "__main__":
    main()
