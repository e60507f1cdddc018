"""``klynge status``: the state of the warehouse, for a person and for a monitor."""

import json
from dataclasses import asdict, replace
from typing import Annotated, Any, TypeVar

import typer

from cli.output import console, show_facts, show_table
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.dataset_names import name_with_id
from klynge.intake.inbox import Refusal
from klynge.intake.submissions import ExpectedSubmission, Submission, find_period, find_reporter
from klynge.messages import message
from klynge.raw_zone import Load
from klynge.reference.seeds import read_reference
from klynge.status import sentences
from klynge.status.reading import read_status
from klynge.status.state import FAULTY, HEALTHY, REPORTERS_BEHIND, Status

#: A submission that is expected or refused, or a load.
Submitted = TypeVar("Submitted", ExpectedSubmission, Load, Submission)

#: Only ``klynge status`` uses exit code 4, which means that nothing is wrong but reporters are
#: behind.
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
    their due date are missing, or files with refused rows wait for a correction. The exit code
    always covers all periods and all reporters.
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
            refused=[one for one in found.refused if _is_about(one, period, reporter)],
            settled=[one for one in found.settled if _is_about(one, period, reporter)],
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


def _is_about(refusal: Refusal, period: str | None, reporter: str | None) -> bool:
    """Whether a refused file is about this period and reporter, as far as its place tells."""
    sent = refusal.submission
    if sent is None:
        return reporter is None or refusal.place.split("/")[1:2] == [reporter]
    return bool(_of([sent], period, reporter))


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
        "settled": [refusal.place for refusal in found.settled],
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


#: The style of the last line, by state.
_STYLES = {HEALTHY: "green", REPORTERS_BEHIND: "yellow", FAULTY: "red"}


def _show(some: Status, found: Status, *, each_missing: bool, is_filtered: bool) -> None:
    """Print a status; ``some`` has only the submissions of the chosen period and reporter."""
    show_facts(*sentences.release_lines(found), *sentences.run_lines(found))
    show_reported(found)
    show_facts(*sentences.missing_lines(some, each=each_missing))
    if each_missing and some.missing:
        _show_submissions(some.missing)
    show_facts(*sentences.erased_lines(some, each=each_missing), style="yellow")
    if each_missing and some.erased:
        _show_submissions(some.erased)
    show_refused_rows(some)
    if is_filtered:
        show_facts(sentences.filter_line())
    show_facts(*sentences.change_lines(found), style="yellow")
    show_facts(*map(sentences.unreadable_line, found.unreadable), style="yellow")
    if some.settled:
        show_facts(sentences.settled_line(some.settled))
    problems = [
        *found.faults,
        *map(sentences.refused_file, some.refused),
        *map(sentences.held_load, some.held),
    ]
    show_facts(*((message("problem"), problem) for problem in problems), style="red")
    show_facts(*((message("to do"), one) for one in sentences.things_to_do(some)), style="bold")
    told = sentences.verdict(found)
    style = "yellow" if found.state == HEALTHY and found.outdated else _STYLES[found.state]
    console.print(told, style=style, soft_wrap=True)


def show_reported(found: Status) -> None:
    """Print a line for each period in which a cluster organisation's due submission is missing."""
    show_facts(*sentences.reported_lines(found))


def show_refused_rows(found: Status) -> None:
    """Print a line for each load with refused rows that no correction has replaced."""
    show_facts(*sentences.refused_rows_lines(found), style="yellow")


def _show_submissions(submissions: list[ExpectedSubmission]) -> None:
    names = (message("period"), message("reporter"), message("dataset"), message("due"))
    show_table(
        names, [(s.period, s.reporter, name_with_id(s.dataset), s.due_on) for s in submissions]
    )
