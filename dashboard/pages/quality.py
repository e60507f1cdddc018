"""The checks of the release, the loads behind it, their refused rows, and who has not reported."""

import time
from dataclasses import replace
from functools import lru_cache

from dashboard.filters import choose, read_values
from dashboard.mart_tables import read_table
from dashboard.sections import Cell, Column, Page, Section, Table
from dashboard.view import View
from klynge.errors import KlyngeError
from klynge.home import Home
from klynge.intake.dataset_names import name_dataset
from klynge.messages import counted, message
from klynge.status import sentences
from klynge.status.reading import read_status
from klynge.status.state import Status

CHECKS, LOADS, REPORTING = (
    "audit.mart_quality_results",
    "audit.mart_loads",
    "core.fct_reporting",
)
#: The parameter with the period of the missing reports.
PERIOD = "periode"
#: How many seconds the state of the warehouse is shown before it is read again.
_KEPT_SECONDS = 60


def build(view: View) -> Page:
    """Build the page."""
    periods = read_values(view, REPORTING, "period_id", basis="reported", status="missing")
    options = [("", view.text(message("all"))), *((one, one) for one in reversed(periods))]
    years = [one for one in periods if one.isdigit()]
    latest = years[-1] if years and PERIOD not in view.parameters else ""
    choice = choose(view, PERIOD, message("Period of the missing reports"), options, latest)
    return Page(
        title=view.text(message("Quality and loads")),
        lead=view.text(
            message(
                "Whether the release passed its checks, which files it is built from, which rows "
                "were refused, and who has not reported."
            )
        ),
        sections=[
            _state(view),
            _missing(view, choice.chosen),
            _loads(view),
            _checks(view),
        ],
        choices=[choice],
    )


def _state(view: View) -> Section:
    """The state of the warehouse; what concerns the server's files is for the secretariat only."""
    title = view.text(message("State of the warehouse"))
    try:
        found = _read_status(view.home, int(time.monotonic() // _KEPT_SECONDS))
    except KlyngeError as error:
        return Section("tilstand", title, lead=view.text(error.message))
    lines = [*sentences.release_lines(found)]
    if view.role.sees_restricted:
        lines += sentences.run_lines(found)
        lines += sentences.missing_lines(found, each=True)
        lines += sentences.erased_lines(found, each=True)
        lines += sentences.refused_rows_lines(found)
        lines += sentences.change_lines(found)
        lines += [(message("problem"), one) for one in found.problems]
        lines += [(message("to do"), one) for one in sentences.things_to_do(found)]
    columns = [
        Column("name", view.text(message("Subject"))),
        Column("text", view.text(message("State"))),
    ]
    rows = [[Cell(view.text(name)), Cell(view.text(text))] for name, text in lines]
    return Section(
        "tilstand", title, lead=view.text(sentences.verdict(found)), table=Table(columns, rows)
    )


@lru_cache(2)
def _read_status(home: Home, minute: int) -> Status:  # noqa: ARG001 - part of the key
    return read_status(home)


def _missing(view: View, period: str) -> Section:
    where = {"basis": "reported", "status": "missing"}
    if period:
        where["period_id"] = period
    columns = ("period_id", "reporter_id", "dataset", "due_on")
    found = read_table(view, REPORTING, columns, where, columns)
    return Section(
        "mangler",
        view.text(message("Reports that are due and missing")),
        lead=view.text(
            counted(
                "{count:,} report is missing.", "{count:,} reports are missing.", len(found.rows)
            )
        ),
        table=_name_datasets(view, found) if found.rows else None,
        source=REPORTING,
    )


def _loads(view: View) -> Section:
    columns = (
        *("dataset", "reporter", "period", "correction_no", "basis", "state", "counts"),
        *("rows_read", "rows_loaded", "rows_rejected", "received_at", "load_id"),
    )
    found = read_table(view, LOADS, columns, {}, ("received_at desc", "load_id"))
    return Section(
        "indlaesninger",
        view.text(message("Loads, the latest first, with their refused rows")),
        table=_name_datasets(view, found),
        source=LOADS,
    )


def _checks(view: View) -> Section:
    columns = ("passed", "looks_at", "says", "observed", "failing_count", "check_id")
    found = read_table(view, CHECKS, columns, {"is_latest": "true"}, ("passed", "check_id"))
    failed = sum(row[0].value is False for row in found.rows)
    said = counted(
        "{failed:,} of {count:,} check failed.",
        "{failed:,} of {count:,} checks failed.",
        len(found.rows),
        failed=failed,
    )
    return Section(
        "kontroller",
        view.text(message("Checks of the run that built the release, failed ones first")),
        lead=view.text(said),
        table=found,
        source=CHECKS,
    )


def _name_datasets(view: View, table: Table) -> Table:
    """Name each dataset as its contract does."""
    [place] = [at for at, column in enumerate(table.columns) if column.name == "dataset"]
    rows = [
        [
            replace(cell, text=view.text(name_dataset(cell.text))) if at == place else cell
            for at, cell in enumerate(row)
        ]
        for row in table.rows
    ]
    return Table(table.columns, rows)
