"""``klynge quality``: the results of a run's checks, worst first."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, print_indented, show_facts, show_table
from klynge import runs
from klynge.home import Home
from klynge.messages import message
from klynge.quality import (
    DATA_DOCS,
    CheckResult,
    has_verdict,
    read_verdict,
    results_in,
    worst_first,
)
from klynge.releases.shrinkage import HINT, compares_releases


def quality(
    run: Annotated[
        str | None, typer.Option(help="A run id or its first characters; default: the last run.")
    ] = None,
) -> None:
    """Show the results of the last run's checks; exit code 1 unless all passed."""
    home = Home.from_environment()
    record = runs.find(home, run)
    started = datetime.fromisoformat(record.started_at)
    show_facts(
        (
            message("run"),
            message("{run_id}, started {time}", run_id=record.run_id, time=started),
        ),
        (
            message("outcome"),
            message(
                "{outcome} {what}",
                outcome=record.outcome_word,
                what=record.release_id or record.failed_step,
            ),
        ),
    )
    if not has_verdict(home, record.run_id):
        reason = record.reason or message("it is still running, or was interrupted")
        told = message("the run ended before the checks of the gate: {reason}", reason=reason)
        console.print()
        console.print(told, soft_wrap=True)
        raise typer.Exit(1)
    results = worst_first(results_in(read_verdict(home, record.run_id)))
    _show(results, runs.folder(home, record.run_id) / DATA_DOCS / "index.html")
    if not all(result.passed for result in results):
        raise typer.Exit(1)


def _show(results: Sequence[CheckResult], pages: Path) -> None:
    failed = [result for result in results if not result.passed]
    show_facts(
        (
            message("checks"),
            message("{checks}, of which {failed} failed", checks=len(results), failed=len(failed)),
        ),
        (message("pages"), str(pages)),
    )
    console.print()
    for result in failed:
        _show_failed(result)
    if any(compares_releases(result.check_id) for result in failed):
        console.print(HINT, soft_wrap=True)
        console.print()
    show_table(
        (message("table"), message("passed check"), message("rule"), message("observed")),
        [(r.looks_at, r.check_id, r.says, r.observed) for r in results if r.passed],
    )


def _show_failed(result: CheckResult) -> None:
    name = message("FAILED: {check} on {table}", check=result.check_id, table=result.looks_at)
    console.print(name, style="red", soft_wrap=True)
    print_indented(result.says, style="red")
    if result.observed:
        print_indented(message("observed: {observed}", observed=result.observed), style="red")
    for row in result.failing_rows:
        fields = ", ".join(f"{column}: {value}" for column, value in row.items())
        print_indented(f"- {fields}", style="red")
    unlisted = result.failing_count - len(result.failing_rows)
    if result.failing_rows and unlisted:
        print_indented(message("… and {count:,} more", count=unlisted), style="red")
    if result.error:
        print_indented(message("error: {reason}", reason=result.error), style="red")
    console.print()
