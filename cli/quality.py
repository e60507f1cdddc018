"""``klynge quality``: the results of a run's checks, worst first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, show_table
from klynge import runs
from klynge.home import Home
from klynge.quality import (
    DATA_DOCS,
    CheckResult,
    has_verdict,
    read_verdict,
    results_in,
    worst_first,
)


def quality(
    run: Annotated[
        str | None, typer.Option(help="A run id or its first characters; default: the last run.")
    ] = None,
) -> None:
    """Show the results of the last run's checks; exit code 1 unless all passed."""
    home = Home.from_environment()
    record = runs.find(home, run)
    console.print(f"run      {record.run_id}, started {record.started_at}", soft_wrap=True)
    console.print(f"outcome  {record.outcome} {record.release_id or record.failed_step or ''}")
    if not has_verdict(home, record.run_id):
        reason = record.reason or "it is still running, or was interrupted"
        console.print(f"\nthe run ended before the checks of the gate: {reason}", soft_wrap=True)
        raise typer.Exit(1)
    results = worst_first(results_in(read_verdict(home, record.run_id)))
    _show(results, runs.folder(home, record.run_id) / DATA_DOCS / "index.html")
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _show(results: Sequence[CheckResult], pages: Path) -> None:
    failed = [result for result in results if not result.passed]
    console.print(f"checks   {len(results)}, of which {len(failed)} failed")
    console.print(f"pages    {pages}\n", soft_wrap=True)
    for result in failed:
        console.print(f"{result}\n", style="red", soft_wrap=True)
    show_table(
        ("table", "passed check", "rule", "observed"),
        [(r.looks_at, r.check_id, r.says, r.observed) for r in results if r.passed],
    )
