"""``klynge status``: for a person, and with its exit code for a monitor."""

import json
from typing import Annotated

import typer

from cli.output import console
from klynge.home import Home
from klynge.status import describe_age, read_status


def status(
    as_json: Annotated[bool, typer.Option("--json", help="For a monitor.")] = False,
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
        "problems": found.problems,
    }
    if as_json:
        console.print(json.dumps(facts, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        age = f", {describe_age(found.age)} old" if found.age is not None else ""
        console.print(f"release   {facts['release'] or 'none'}{age}", soft_wrap=True)
        if found.manifest:
            basis = "with sample data" if facts["contains_sample"] else "published figures only"
            console.print(f"holds     {len(found.manifest['tables'])} tables, {basis}")
            console.print(f"gate      {facts['checks_passed']} checks passed")
        if last:
            console.print(f"last run  {last.outcome}, {last.started_at}, {last.run_id}")
        if found.running:
            console.print("a run is going on now")
        for problem in found.problems:
            console.print(f"problem   {problem}", style="red", soft_wrap=True)
        if not found.problems:
            console.print("healthy", style="green")
    if found.problems:
        raise typer.Exit(1)
