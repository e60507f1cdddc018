"""``klynge status``: the state of the warehouse, for a person and for a monitor."""

import json
from collections import Counter
from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

import typer

from cli.output import console, show_facts, show_table
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.dataset_names import describe_slot, name_dataset, name_with_id
from klynge.intake.refused import describe_refused
from klynge.intake.submissions import ExpectedSubmission, find_period, find_reporter
from klynge.messages import counted, joined, message
from klynge.raw_zone import Load
from klynge.reference.seeds import read_reference
from klynge.releases.coverage import describe_coverage
from klynge.status import (
    FAULTY,
    HEALTHY,
    REPORTERS_BEHIND,
    Status,
    describe_age,
    read_status,
)
from klynge.words import STATES

#: A submission that is expected, or a load.
Submitted = TypeVar("Submitted", ExpectedSubmission, Load)

_NOTHING_DUE = message("none; no submission is past its due date")

#: Only ``klynge status`` ends with exit code 4: there is no problem, but reporters are behind.
_EXIT_CODES = {HEALTHY: 0, FAULTY: 1, REPORTERS_BEHIND: 4}


def status(
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, for a monitor.")] = False,
    missing: Annotated[
        bool,
        typer.Option(
            "--missing", help="List each submission that is past its due date and missing."
        ),
    ] = False,
    period: Annotated[
        str | None,
        typer.Option(help="List only missing submissions of this year or call."),
    ] = None,
    reporter: Annotated[
        str | None, typer.Option(help="List only missing submissions of this reporter.")
    ] = None,
) -> None:
    """Show the age and health of the current release, and the missing submissions.

    Exit code 0: all is well; 1: there is a problem; 4: there is no problem, but submissions past
    their due date are missing, or files with refused rows wait for a correction. The exit code is
    about all periods and all reporters.
    """
    home = Home.from_environment()
    if period is not None or reporter is not None:
        missing = True
        _require_known(home, period, reporter)
    found = read_status(home)
    due, absent, erased = (
        _of(some, period, reporter) for some in (found.due, found.missing, found.erased)
    )
    if as_json:
        facts = {"home": str(home.root), **_facts(found, due, absent, erased)}
        console.print(json.dumps(facts, ensure_ascii=False, indent=2), soft_wrap=True)
    else:
        shown = replace(
            found,
            due=due,
            missing=absent,
            erased=erased,
            held=_of(found.held, period, reporter),
            refused_rows=[x for x in found.refused_rows if _of([x.load], period, reporter)],
        )
        _show(shown, found, each_missing=missing, is_filtered=bool(period or reporter))
    raise typer.Exit(_EXIT_CODES[found.state])


def _require_known(home: Home, period: str | None, reporter: str | None) -> None:
    """Raise :class:`InputError`, with the nearest name, for a name that is not in the calendar."""
    reporting = read_reporting(read_reference(home))
    if period is not None:
        find_period(period, reporting)
    if reporter is not None:
        find_reporter(reporter, reporting)


def _of(submissions: list[Submitted], period: str | None, reporter: str | None) -> list[Submitted]:
    return [
        one
        for one in submissions
        if period in (None, one.period) and reporter in (None, one.reporter)
    ]


def _facts(
    found: Status,
    due: list[ExpectedSubmission],
    missing: list[ExpectedSubmission],
    erased: list[ExpectedSubmission],
) -> dict[str, Any]:
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
        "due": len(due),
        "missing": [" ".join(submission.slot) for submission in missing],
        "erased": [" ".join(submission.slot) for submission in erased],
        "reported": [asdict(one) for one in found.reported],
        "refused_rows": [
            {
                "load": one.load.load_id,
                "reporter": one.load.reporter,
                "dataset": one.load.dataset,
                "period": one.load.period,
                **one.refused,
            }
            for one in found.refused_rows
        ],
        "outdated": [asdict(loss) for loss in found.outdated],
        "unpublished": [load.load_id for load in found.unpublished],
        "unreadable": [str(path) for path in found.unreadable],
        "problems": found.problems,
    }


def _show(some: Status, found: Status, *, each_missing: bool, is_filtered: bool) -> None:
    """Print a status; ``some`` has only the submissions of the period and reporter asked for."""
    _show_release(found)
    if last := found.last_run:
        said = message(
            "{outcome}, {time}, {run_id}",
            outcome=last.outcome_word,
            time=datetime.fromisoformat(last.started_at),
            run_id=last.run_id,
        )
        show_facts((message("last run"), said))
    if found.writer:
        show_facts((message("running"), found.writer))
    show_reported(found)
    _show_missing(some, each=each_missing)
    show_refused_rows(some)
    if is_filtered:
        limits = message(
            "only the lines 'missing', 'erased', 'held' and 'incomplete' are limited to the "
            "period and the reporter; all other lines are about everything"
        )
        show_facts((message("note"), limits))
    _show_changes_since(found)
    for path in found.unreadable:
        said = message("{path}: permission denied; run this as its owner", path=str(path))
        show_facts((message("not read"), said), style="yellow")
    for problem in found.problems:
        show_facts((message("problem"), problem), style="red")
    limit = message(", as far as this user may read") if found.unreadable else ""
    if found.state == REPORTERS_BEHIND:
        behind = counted(
            "reporters behind: {missing:,} of {count:,} submission past its due date is missing",
            "reporters behind: {missing:,} of {count:,} submissions past their due date are "
            "missing",
            len(found.due),
            missing=len(found.missing),
        )
        refused = counted(
            "{count} file with refused rows waits for a correction",
            "{count} files with refused rows wait for a correction",
            len(found.refused_rows),
        )
        parts = [behind, *([refused] if found.refused_rows else [])]
        rest = message("the warehouse has no other problem{limit}", limit=limit)
        console.print(joined([*parts, rest]), style="yellow", soft_wrap=True)
    elif found.state == HEALTHY and found.outdated:
        text = message(
            "healthy, but the current release holds rows that no longer count{limit}", limit=limit
        )
        console.print(text, style="yellow")
    elif found.state == HEALTHY:
        console.print(message("healthy{limit}", limit=limit), style="green")


def _show_release(found: Status) -> None:
    if not found.release or not found.manifest or found.age is None:
        show_facts((message("release"), message("none")))
        return
    said = message(
        "{release_id}, {age} old",
        release_id=found.release.release_id,
        age=describe_age(found.age),
    )
    tables, checks = len(found.manifest["tables"]), found.manifest["gate"]["checks"]
    show_facts(
        (message("release"), said),
        (message("basis"), found.release.rests_on),
        (message("holds"), counted("{count:,} table", "{count:,} tables", tables)),
        (message("gate"), counted("{count:,} check passed", "{count:,} checks passed", checks)),
    )
    if found.release.has_database and (coverage := describe_coverage(found.release)):
        show_facts((message("figures"), coverage))


def show_reported(found: Status) -> None:
    """A line for each period in which a due submission of a cluster organisation is missing."""
    behind = {one.period for one in found.reported if one.reported < one.due}
    for period in sorted(behind):
        counts = [
            message(
                "{dataset} {reported} of {due}",
                dataset=name_dataset(one.dataset),
                reported=one.reported,
                due=one.due,
            )
            for one in found.reported
            if one.period == period
        ]
        said = message(
            "{period}: cluster organisations that have reported: {counts}",
            period=period,
            counts=counts,
        )
        show_facts((message("reported"), said))


def show_refused_rows(found: Status) -> None:
    """A line for each load with refused rows that no correction has replaced."""
    for one in found.refused_rows:
        said = message(
            "{slot}, load {load_id}: {refused}",
            slot=describe_slot(one.load.slot),
            load_id=one.load.load_id,
            refused=describe_refused(one.refused),
        )
        show_facts((message("incomplete"), said), style="yellow")


def _show_changes_since(found: Status) -> None:
    """Lines about loads that no longer count, or newly count, since the last nightly run."""
    for loss in found.outdated:
        said = message(
            "the current release still has rows of this load: {loss}", loss=loss.sentence
        )
        show_facts((message("outdated"), said), style="yellow")
    for load in found.unpublished:
        said = message(
            "load {load_id} ({slot}) counts, and the current release is without it",
            load_id=load.load_id,
            slot=describe_slot(load.slot),
        )
        show_facts((message("new load"), said), style="yellow")
    if found.outdated or found.unpublished:
        said = message(
            "run `klynge nightly`, or wait for the next nightly run: it publishes "
            "the loads that count"
        )
        show_facts((message("next"), said))


def _show_missing(found: Status, *, each: bool) -> None:
    """Lines about the missing and the erased submissions; with ``each`` also the held ones."""
    in_all, absent, erased = (
        Counter(submission.period for submission in submissions)
        for submissions in (found.due, found.missing, found.erased)
    )
    hint = "" if each else message(" (--missing lists them)")
    for period, count in absent.items():
        said = counted(
            "{period}: {missing:,} of {count:,} submission{hint}",
            "{period}: {missing:,} of {count:,} submissions{hint}",
            in_all[period],
            period=period,
            missing=count,
            hint=hint,
        )
        show_facts((message("missing"), said))
    if each and found.missing:
        _show_submissions(found.missing)
    elif each:
        said = counted(
            "none; the {count:,} submission past its due date was sent",
            "none of the {count:,} submissions past their due date; each of them was sent",
            len(found.due),
        )
        show_facts((message("missing"), said if found.due else _NOTHING_DUE))
    for period, count in erased.items():
        said = counted(
            "{period}: {count:,} submission was sent and is erased: it does not count{hint}",
            "{period}: {count:,} submissions were sent and are erased: they do not count{hint}",
            count,
            period=period,
            hint=hint,
        )
        show_facts((STATES["erased"], said), style="yellow")
    if each and found.erased:
        _show_submissions(found.erased)
    for load in found.held if each else ():
        said = message(
            "load {load_id} ({slot}) was sent and waits for a decision",
            load_id=load.load_id,
            slot=describe_slot(load.slot),
        )
        show_facts((STATES["held"], said), style="yellow")


def _show_submissions(submissions: list[ExpectedSubmission]) -> None:
    names = (message("period"), message("reporter"), message("dataset"), message("due"))
    show_table(
        names, [(s.period, s.reporter, name_with_id(s.dataset), s.due_on) for s in submissions]
    )
