"""``klynge loads``: list and show submissions, and decide on held loads."""

from datetime import datetime
from typing import Annotated

import typer

from cli.load import introduce
from cli.output import console, show_table
from klynge import checkout
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.intake.door import TIME_ZONE
from klynge.intake.retention import past_retention
from klynge.intake.submissions import require_unrivalled, which_loads_count
from klynge.raw_zone import Load, decide, find_load, read_ledger

app = typer.Typer(help="List and show submissions, and decide on held loads.", no_args_is_help=True)

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
    """List all submissions in order of arrival; an arrow marks those that count."""
    ledger = read_ledger(Home.from_environment())
    counting = {load.load_id for load in which_loads_count(ledger)}
    shown = [load for load in ledger if with_documents or load.basis != "published"]
    if past:
        shown = past_retention(shown, datetime.now(TIME_ZONE).date())
    show_table(
        ("", *_COLUMNS),
        [("→" if load.load_id in counting else "", *_row(load)) for load in shown],
    )


_COLUMNS = (
    "load",
    "state",
    "reporter",
    "dataset",
    "period",
    "correction",
    "basis",
    "read",
    "loaded",
    "rejected",
    "held",
    "received",
    "kept until",
)


def _row(load: Load) -> tuple[str | int | None, ...]:
    correction = f"{load.correction_no}{' partial' if load.partial else ''}"
    return (
        load.load_id,
        load.state,
        *load.slot,
        correction,
        load.basis,
        load.rows_read,
        load.rows_loaded,
        load.rows_rejected,
        load.rows_held,
        load.received_at,
        load.retain_until,
    )


@app.command()
def show(load_id: LoadId) -> None:
    """Show one submission: row counts, reasons, decision, files and dates."""
    home = Home.from_environment()
    load = find_load(home, load_id)
    introduce(home, load)
    facts = {
        "received": load.received_at,
        "contract": load.contract_version,
        "files": ", ".join(f"{name} (sha256 {digest})" for name, digest in load.files.items()),
        "kept until": load.retain_until,
        "accepted by": load.accepted_by,
        "because": load.accepted_because,
        **{k: v for name in ("decision", "erasure") for k, v in load.about.get(name, {}).items()},
    }
    for name, value in facts.items():
        if value is not None:
            console.print(f"  {name:<12} {value}", soft_wrap=True)


@app.command()
def accept(load_id: LoadId, role: Role, reason: Reason) -> None:
    """Accept a held load; the next build uses it."""
    _decide(load_id, role, reason, accepted=True)


@app.command()
def reject(load_id: LoadId, role: Role, reason: Reason) -> None:
    """Reject a held load for good; the reporter must send a correction."""
    _decide(load_id, role, reason, accepted=False)


def _decide(load_id: str, role: str, reason: str, *, accepted: bool) -> None:
    home = Home.from_environment()
    with home.locked():
        load = find_load(home, load_id)
        if accepted and load.state == "held":
            require_unrivalled(home, load, read_contracts(checkout.CONTRACTS)[load.dataset])
        load = decide(home, load, accepted=accepted, role=role, reason=reason)
    introduce(home, load)
