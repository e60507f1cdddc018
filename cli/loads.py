"""``klynge loads``: list and show submissions, decide on held loads, and withdraw loads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer

from cli.load import introduce
from cli.output import console, print_indented, show_table
from klynge import checkout, raw_zone
from klynge.danish_time import danish_today
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake import set_aside
from klynge.intake.contracts import read_contracts
from klynge.intake.dataset_names import describe_slot, name_with_id
from klynge.intake.retention import past_retention
from klynge.intake.set_aside import require_acceptable
from klynge.intake.submissions import require_unrivalled, which_loads_count
from klynge.messages import Message, counted, local_day, local_time, message, shown, translated
from klynge.raw_zone import (
    DECISION,
    DOOR,
    ERASURE,
    ROW_ERASURES,
    SET_ASIDE,
    WITHDRAWAL,
    Load,
    decide,
    find_load,
    read_ledger,
    require_held,
    require_withdrawable,
)
from klynge.words import BASES, STATES

app = typer.Typer(
    help="List, show and withdraw submissions, and decide on held loads.", no_args_is_help=True
)

LoadIds = Annotated[
    list[str], typer.Argument(metavar="ID…", help="Load ids, or their first characters.")
]
LoadId = Annotated[str, typer.Argument(metavar="ID", help="A load id or its first characters.")]
Role = Annotated[str, typer.Option(help="The role in which you decide, such as secretariat.")]
Reason = Annotated[str, typer.Option(help="The reason; the ledger keeps it.")]


@app.command("list")
def list_(
    with_documents: Annotated[
        bool, typer.Option("--all", help="Also list the loads of printed documents.")
    ] = False,
    past: Annotated[
        bool, typer.Option("--past-retention", help="List only loads whose retention has ended.")
    ] = False,
) -> None:
    """List all submissions in order of arrival; an arrow marks the loads that count."""
    ledger = read_ledger(Home.from_environment())
    counting = {load.load_id for load in which_loads_count(ledger) if not load.erased}
    listed = [load for load in ledger if with_documents or load.basis != "published"]
    if past:
        listed = past_retention(listed, danish_today())
    show_table(
        ("", *_COLUMNS),
        [("→" if load.load_id in counting else "", *_row(load)) for load in listed],
    )


_COLUMNS = (
    message("load"),
    message("state"),
    message("reporter"),
    message("dataset"),
    message("period"),
    message("correction"),
    message("basis"),
    message("rows read"),
    message("rows loaded"),
    message("rows rejected"),
    message("rows held"),
    message("received"),
    message("kept until"),
)


def _row(load: Load) -> tuple[str | int | None, ...]:
    number = str(load.correction_no)
    return (
        load.load_id,
        load.state_word,
        load.reporter,
        name_with_id(load.dataset),
        load.period,
        message("{number} partial", number=number) if load.partial else number,
        BASES.get(load.basis, load.basis),
        load.rows_read,
        load.rows_loaded,
        load.rows_rejected,
        load.rows_held,
        local_time(load.received_at),
        load.retain_until and local_day(load.retain_until),
    )


@app.command()
def show(load_id: LoadId) -> None:
    """Show one submission: row counts, reasons, decision, files and dates."""
    home = Home.from_environment()
    load = find_load(home, load_id)
    introduce(home, load)
    facts = [
        (message("received"), local_time(load.received_at)),
        (message("contract"), load.contract_version),
        (
            message("files"),
            ", ".join(f"{name} (sha256 {digest})" for name, digest in load.files.items()),
        ),
        (message("kept until"), load.retain_until and local_day(load.retain_until)),
        (
            message("accepted by"),
            message("the check at the door") if load.accepted_by == DOOR else load.accepted_by,
        ),
        (message("because"), load.accepted_because and translated(load.accepted_because)),
        *(_note(name, load.about[name]) for name in _NOTES if name in load.about),
        *map(_row_erasure, load.about.get(ROW_ERASURES, ())),
    ]
    for name, value in facts:
        if value is not None:
            console.print(f"  {shown(name):<14} {shown(value)}", soft_wrap=True)


#: For each kind of note beside a load, the entry of the note that has its time.
_NOTES = {DECISION: "decided_at", WITHDRAWAL: "withdrawn_at", ERASURE: "erased_at"}


def _note(name: str, content: Mapping[str, Any]) -> tuple[Message, Message]:
    """The title of a note beside a load, and its time, role and reason."""
    said = message(
        "{time}, by {role}: {reason}",
        time=datetime.fromisoformat(content[_NOTES[name]]),
        role=content["role"],
        reason=content["reason"],
    )
    if name == DECISION:
        return (message("accepted") if content["accepted"] else STATES["rejected"]), said
    return STATES["withdrawn" if name == WITHDRAWAL else "erased"], said


def _row_erasure(content: Mapping[str, Any]) -> tuple[Message, Message]:
    """The number of a person's erased rows in a load, with the time, role and reason."""
    said = counted(
        "{count:,} row, {time}, by {role}: {reason}",
        "{count:,} rows, {time}, by {role}: {reason}",
        content["rows"],
        time=datetime.fromisoformat(content["erased_at"]),
        role=content["role"],
        reason=content["reason"],
    )
    return STATES["erased"], said


@app.command()
def accept(load_ids: LoadIds, role: Role, reason: Reason) -> None:
    """Accept loads that are held or set aside, all of them or none; the next build uses them."""
    _decide(load_ids, role, reason, accepted=True)


@app.command()
def reject(load_ids: LoadIds, role: Role, reason: Reason) -> None:
    """Reject held loads for good, all of them or none; their reporters must send corrections."""
    _decide(load_ids, role, reason, accepted=False)


@app.command()
def withdraw(load_ids: LoadIds, role: Role, reason: Reason) -> None:
    """Withdraw loads, all of them or none; the loads that they replaced then count again."""
    home = Home.from_environment()
    with home.locked(), _all_or_none(load_ids):
        loads = _find_loads(home, load_ids)
        for load in loads:
            require_withdrawable(load)
        noted = {WITHDRAWAL: {"role": role, "reason": reason}}
        _require_unrivalled(home, [replace(x, about={**x.about, **noted}) for x in loads])
        before = which_loads_count(read_ledger(home))
        loads = [raw_zone.withdraw(home, load, role=role, reason=reason) for load in loads]
    _show_outcome(home, loads, before)


def _decide(load_ids: list[str], role: str, reason: str, *, accepted: bool) -> None:
    home = Home.from_environment()
    with home.locked(), _all_or_none(load_ids):
        loads = _find_loads(home, load_ids)
        for load in loads:
            if accepted and load.is_set_aside:
                require_acceptable(load)
            else:
                require_held(load)
        if accepted:
            _require_unrivalled(home, [_as_accepted(load, role) for load in loads])
        before = which_loads_count(read_ledger(home))
        loads = [
            set_aside.accept(home, load, role=role, reason=reason)
            if load.is_set_aside
            else decide(home, load, accepted=accepted, role=role, reason=reason)
            for load in loads
        ]
    _show_outcome(home, loads, before)


def _show_outcome(home: Home, loads: list[Load], before: list[Load]) -> None:
    """Print the decided loads, the loads that count now in their slots, and the next step."""
    ledger = read_ledger(home)
    for load in loads:
        introduce(home, load, _decided(load))
        show_what_counts(load, ledger)
    if {load.load_id for load in before} != {x.load_id for x in which_loads_count(ledger)}:
        console.print(
            message("next: run `klynge nightly`; it publishes the loads that count now"),
            soft_wrap=True,
        )


def _decided(load: Load) -> Message | None:
    """Say who withdrew, accepted or rejected a load, and why; None if there is no such decision."""
    if load.withdrawn:
        note = load.about[WITHDRAWAL]
        return message("withdrawn by {role}: {reason}", role=note["role"], reason=note["reason"])
    if DECISION not in load.about:
        return None
    note = load.about[DECISION]
    if note["accepted"]:
        return message("accepted by {role}: {reason}", role=note["role"], reason=note["reason"])
    return message("rejected by {role}: {reason}", role=note["role"], reason=note["reason"])


def show_what_counts(load: Load, ledger: list[Load]) -> None:
    """Print which loads with rows count in the slot of a load."""
    counting = [x for x in which_loads_count(ledger) if x.slot == load.slot and not x.erased]
    slot = describe_slot(load.slot)
    if counting:
        ids = [x.load_id for x in counting]
        told = counted(
            "of {slot}, this load counts now: {load_ids}",
            "of {slot}, these loads count now: {load_ids}",
            len(ids),
            slot=slot,
            load_ids=ids,
        )
    else:
        told = message("no file of {slot} counts now", slot=slot)
    print_indented(told)


def _as_accepted(load: Load, role: str) -> Load:
    about = {name: value for name, value in load.about.items() if name != SET_ASIDE}
    return replace(load, accepted_by=load.accepted_by or role, about=about)


def _find_loads(home: Home, load_ids: list[str]) -> list[Load]:
    """The loads with these ids, each once."""
    return list({load.load_id: load for load in (find_load(home, i) for i in load_ids)}.values())


def _require_unrivalled(home: Home, changed: list[Load]) -> None:
    """Raise :class:`InputError` if loads of two reporters would count for the same subjects."""
    ledger = read_ledger(home)
    new = {load.load_id: load for load in changed}
    after = [new.get(load.load_id, load) for load in ledger]
    require_unrivalled(home, read_contracts(checkout.CONTRACTS), ledger, after)


@contextmanager
def _all_or_none(load_ids: list[str]) -> Iterator[None]:
    """Add to an error that no load has changed, because all are checked before the first change."""
    try:
        yield
    except InputError as error:
        if len(load_ids) == 1:
            raise
        raise InputError(
            message(
                "{reason}; none of the {count} loads has changed",
                reason=error.message,
                count=len(load_ids),
            )
        ) from error
