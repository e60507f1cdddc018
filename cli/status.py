"""``klynge status``: the state of the warehouse, for a person and for a monitor."""

import json
from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer

from cli.output import console, show_table
from klynge.home import Home
from klynge.status import (
    FAULTY,
    HEALTHY,
    REPORTERS_BEHIND,
    Status,
    describe_age,
    read_status,
)

#: Only ``klynge status`` ends with 4: the warehouse is well, but submissions are missing.
_EXIT_CODES = {HEALTHY: 0, FAULTY: 1, REPORTERS_BEHIND: 4}


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for a monitor.")] = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="List each submission that was due and has not come.")
    ] = False,
) -> None:
    """Show age and health of the current release, and what is missing.

    Exit code 1 when the warehouse needs attention, 4 when only submissions past their due date are
    missing, 0 when neither is so.
    """
    home = Home.from_environment()
    found = read_status(home)
    if as_json:
        facts = {"home": str(home.root), **_facts(found)}
        console.print(json.dumps(facts, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        _show(found, each_missing=missing)
    raise typer.Exit(_EXIT_CODES[found.state])


def _facts(found: Status) -> dict[str, Any]:
    last = found.last_run
    return {
        "state": found.state,
        "release": found.release.release_id if found.release else None,
        "age_minutes": int(found.age.total_seconds() // 60) if found.age else None,
        "checks_passed": found.manifest["gate"]["checks"] if found.manifest else None,
        "contains_sample": found.manifest["basis"]["contains_sample"] if found.manifest else None,
        "last_run": {"run_id": last.run_id, "outcome": last.outcome} if last else None,
        "running": found.writer is not None,
        "writer": found.writer,
        "refused": [asdict(refusal) for refusal in found.refused],
        "held": [load.load_id for load in found.held],
        "due": len(found.due),
        "missing": [" ".join(submission.slot) for submission in found.missing],
        "unreadable": [str(path) for path in found.unreadable],
        "problems": found.problems,
    }


def _show(found: Status, *, each_missing: bool) -> None:
    _show_release(found)
    if last := found.last_run:
        console.print(f"last run  {last.outcome}, {last.started_at}, {last.run_id}")
    if found.writer:
        console.print(f"running   {found.writer}", soft_wrap=True)
    _show_missing(found, each=each_missing)
    for path in found.unreadable:
        console.print(
            f"not read  {path}: permission denied; run this as its owner",
            style="yellow",
            soft_wrap=True,
        )
    for problem in found.problems:
        console.print(f"problem   {problem}", style="red", soft_wrap=True)
    limit = ", as far as this user may read" if found.unreadable else ""
    if found.state == REPORTERS_BEHIND:
        console.print(
            f"reporters behind: {len(found.missing)} of {len(found.due)} submissions past their "
            f"due date are missing; the warehouse has no other problem{limit}",
            style="yellow",
            soft_wrap=True,
        )
    elif found.state == HEALTHY:
        console.print(f"healthy{limit}", style="green")


def _show_release(found: Status) -> None:
    age = f", {describe_age(found.age)} old" if found.age is not None else ""
    name = found.release.release_id if found.release else "none"
    console.print(f"release   {name}{age}", soft_wrap=True)
    if found.release and found.manifest:
        console.print(f"basis     {found.release.rests_on}")
        console.print(f"holds     {len(found.manifest['tables'])} tables")
        console.print(f"gate      {found.manifest['gate']['checks']} checks passed")


def _show_missing(found: Status, *, each: bool) -> None:
    due, absent = (
        Counter(submission.period for submission in submissions)
        for submissions in (found.due, found.missing)
    )
    for period, count in absent.items():
        hint = "" if each else " (--missing lists them)"
        console.print(f"missing   {period}: {count} of {due[period]} submissions{hint}")
    if each:
        names = ("period", "reporter", "dataset")
        show_table(names, [(s.period, s.reporter, s.dataset) for s in found.missing])
