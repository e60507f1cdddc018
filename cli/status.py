"""``klynge status``: for a person, and with its exit code for a monitor."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated

import typer

from cli.output import console, show_table
from klynge.home import Home
from klynge.status import Status, describe_age, read_status


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For a monitor.")] = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="List each submission that was due and never came.")
    ] = False,
) -> None:
    """Age and health of the current release; exit code 1 when something needs looking at."""
    home = Home.from_environment()
    found = read_status(home)
    last = found.last_run
    facts = {
        "home": str(home.root),
        "release": found.release.release_id if found.release else None,
        "age_minutes": int(found.age.total_seconds() // 60) if found.age else None,
        "checks_passed": found.manifest["gate"]["checks"] if found.manifest else None,
        "contains_sample": found.manifest["basis"]["contains_sample"] if found.manifest else None,
        "last_run": {"run_id": last.run_id, "outcome": last.outcome} if last else None,
        "running": found.running,
        "refused": [asdict(refusal) for refusal in found.refused],
        "held": [load.load_id for load in found.held],
        "missing": [" ".join(submission.slot) for submission in found.missing],
        "problems": found.problems,
    }
    if as_json:
        console.print(json.dumps(facts, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        age = f", {describe_age(found.age)} old" if found.age is not None else ""
        console.print(f"release   {facts['release'] or 'none'}{age}", soft_wrap=True)
        if found.release and found.manifest:
            console.print(f"basis     {found.release.rests_on}")
            console.print(f"holds     {len(found.manifest['tables'])} tables")
            console.print(f"gate      {facts['checks_passed']} checks passed")
        if last:
            console.print(f"last run  {last.outcome}, {last.started_at}, {last.run_id}")
        if found.running:
            console.print("a run is going on now")
        _show_missing(found, each=missing)
        for problem in found.problems:
            console.print(f"problem   {problem}", style="red", soft_wrap=True)
        if not found.problems:
            console.print("healthy", style="green")
    if found.problems:
        raise typer.Exit(1)


def _show_missing(found: Status, *, each: bool) -> None:
    due, absent = (
        Counter(submission.period for submission in submissions)
        for submissions in (found.expected, found.missing)
    )
    for period, count in absent.items():
        hint = "" if each else " (--missing lists them)"
        console.print(f"missing   {period}: {count} of {due[period]} submissions{hint}")
    if each:
        names = ("period", "reporter", "dataset")
        show_table(names, [(s.period, s.reporter, s.dataset) for s in found.missing])
