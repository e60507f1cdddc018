"""``klynge periods``: the calendar of submissions; close a period, and open it again."""

from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated

import typer

from cli.confirmation import Yes, ask, must_ask
from cli.loads import Reason, Role
from cli.output import console, errors, show_table
from cli.reference import accept_proposal
from klynge import checkout
from klynge.danish_time import danish_today
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.calendar import Period, read_reporting
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import (
    covered_slots,
    expected_submissions,
    find_period,
    slots_with_rows,
    unsent_submissions,
)
from klynge.messages import Message, counted, message
from klynge.overlay.proposals import propose_row
from klynge.raw_zone import read_ledger
from klynge.reference.seeds import read_reference

app = typer.Typer(
    help="List the periods of submissions, close a period, and open it again.",
    no_args_is_help=True,
)

PeriodId = Annotated[str, typer.Argument(metavar="PERIOD", help="A year or a call.")]


@app.command("list")
def list_() -> None:
    """List each period with its dates and its numbers of expected and accepted submissions."""
    home = Home.from_environment()
    today = danish_today()
    reporting = read_reporting(read_reference(home))
    expected = expected_submissions(read_contracts(checkout.CONTRACTS), reporting, today)
    counting = slots_with_rows(read_ledger(home))
    all_of, in_of = (
        Counter(s.period for s in expected),
        Counter(s.period for s in expected if s.slot in counting),
    )
    show_table(
        (
            message("period"),
            message("due"),
            message("closes"),
            message("state"),
            message("expected"),
            message("accepted"),
        ),
        [
            (
                period.period_id,
                period.due_on or message("no due date"),
                period.closes_on,
                _state(period, today),
                all_of[period.period_id],
                in_of[period.period_id],
            )
            for period in reporting.periods.values()
        ],
    )


@app.command()
def close(
    period: PeriodId,
    role: Role,
    reason: Reason,
    on: Annotated[
        str, typer.Option(help="Last day on which files are accepted; default: today.")
    ] = "",
    yes: Yes = False,
) -> None:
    """Close a period: files for it are refused after the given day."""
    day = _day(on) if on else danish_today()
    warning = _describe_missing(period, day)
    if warning and must_ask(yes=yes):
        errors.print(warning)
        ask(message("Close the period?"))
    _set_closing_day(period, day.isoformat(), role, reason)
    console.print(message("{period} accepts files until {day}", period=period, day=day))
    if warning:
        errors.print(warning)


@app.command()
def reopen(
    period: PeriodId,
    role: Role,
    reason: Reason,
    until: Annotated[
        str, typer.Option(help="Last day on which files are accepted; default: no last day.")
    ] = "",
) -> None:
    """Open a closed period again, until a given day or until you close it."""
    day = _day(until) if until else None
    if day is not None and day < danish_today():
        raise InputError(
            message("{day} has passed: give a later day, or leave --until out", day=day)
        )
    _set_closing_day(period, day.isoformat() if day else "", role, reason)
    if day is None:
        console.print(message("{period} accepts files", period=period))
    else:
        console.print(message("{period} accepts files until {day}", period=period, day=day))


def _set_closing_day(period_id: str, day: str, role: str, reason: str) -> None:
    home = Home.from_environment()
    with home.locked():
        reference = read_reference(home)
        period = find_period(period_id, read_reporting(reference))
        rows = [row for row in reference.rows("reporting_periods") if row["period_id"] == period_id]
        empty = dict.fromkeys(reference.columns("reporting_periods"), "")
        row = rows[0] if rows else {**empty, "period_id": period_id, "kind": period.kind}
        proposal = propose_row(home, "reporting_periods", {**row, "closes_on": day})
        accept_proposal(home, proposal, role, reason)


def _describe_missing(period: str, day: date) -> Message | None:
    """Warn how many submissions for the period are missing; None if there are none."""
    home = Home.from_environment()
    reporting = read_reporting(read_reference(home))
    contracts = read_contracts(checkout.CONTRACTS)
    everything = expected_submissions(contracts, reporting, danish_today())
    expected = [one for one in everything if one.period == period]
    ledger = read_ledger(home)
    covered = covered_slots(home, expected, ledger, contracts)
    missing = len(unsent_submissions(expected, ledger, covered))
    if not missing:
        return None
    if day < danish_today():
        return counted(
            "warning: {missing:,} of {count:,} submission is missing; it can no longer be sent",
            "warning: {missing:,} of {count:,} submissions are missing; they can no longer be sent",
            len(expected),
            missing=missing,
        )
    return counted(
        "warning: {missing:,} of {count:,} submission is missing; after {day} it can no longer be "
        "sent",
        "warning: {missing:,} of {count:,} submissions are missing; after {day} they can no longer "
        "be sent",
        len(expected),
        missing=missing,
        day=day,
    )


def _state(period: Period, today: date) -> Message:
    if period.closes_on is not None and period.closes_on < today:
        return message("closed")
    return message("open")


def _day(text: str) -> date:
    """Read a day that is written as 2026-03-01 or 01-03-2026."""
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        with suppress(ValueError):
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no time zone
    raise InputError(message("{text!r} is not a day: write 2026-03-01 or 01-03-2026", text=text))
