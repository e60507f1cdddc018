"""``klynge persons``: find one person or company, or erase only its rows."""

from typing import Annotated

import typer

from cli.confirmation import Yes, ask, must_ask
from cli.erase import describe_cleanup
from cli.loads import Reason, Role
from cli.output import console, print_indented
from klynge.home import Home
from klynge.intake.dataset_names import describe_slot
from klynge.messages import counted, message
from klynge.persons.finding import InLoad, Occurrences, find_person
from klynge.persons.identity import DENMARK, identify

app = typer.Typer(
    help="Find or erase one person or company, by CVR number, foreign identifier or pseudonym.",
    no_args_is_help=True,
)

Identifier = Annotated[
    str,
    typer.Argument(
        metavar="IDENTIFIER", help="A CVR number, a foreign identifier, or a pseudonym (p_…)."
    ),
]
Country = Annotated[
    str,
    typer.Option(
        help="The two letters of the identifier's country. For the id of an assessor, write "
        "assessor."
    ),
]


@app.command()
def find(identifier: Identifier, country: Country = DENMARK) -> None:
    """Show everywhere that the person or company occurs; exit code 1 if it occurs nowhere."""
    home = Home.from_environment()
    # a run that writes would lock the build's database
    with home.locked():
        found = find_person(home, identify(home, identifier, country))
    _show(found)
    if not found:
        raise typer.Exit(1)


@app.command()
def erase(
    identifier: Identifier,
    role: Role,
    reason: Reason,
    country: Country = DENMARK,
    yes: Yes = False,
) -> None:
    """Erase the rows of one person or company; all other rows stay and keep their keys."""
    from klynge.persons.erasing import erase_person  # noqa: PLC0415 - few commands need it

    home = Home.from_environment()
    if must_ask(yes=yes):
        with home.locked():
            found = find_person(home, identify(home, identifier, country))
        if found:
            _show(found)
            ask(message("Erase these rows and the received files for good?"))
    with home.locked():
        person = identify(home, identifier, country)
        loads, cleanup = erase_person(home, person, role=role, reason=reason)
        left = find_person(home, person)
    for one in loads:
        _show_load(one)
        print_indented(
            message(
                "these rows are erased; the received file is deleted, and the ledger keeps its hash"
            )
        )
    describe_cleanup(cleanup)
    if left:
        console.print(message("the person or company still occurs here:"), style="red")
        _show(left)
        raise typer.Exit(1)
    if loads:
        console.print(
            message(
                "erased everywhere; copy the list of erasures ({path}) to where the pseudonym key "
                "is kept, so that an old backup cannot bring it back",
                path=str(_list_of(home)),
            ),
            soft_wrap=True,
        )
    else:
        console.print(message("nothing is erased: no load holds this person or company"))


def _list_of(home: Home) -> object:
    from klynge.intake.erasure_list import list_path  # noqa: PLC0415 - few commands need it

    return list_path(home)


def _show(found: Occurrences) -> None:
    for one in found.loads:
        _show_load(one)
    for path in found.records:
        console.print(message("record of a run: {path}", path=str(path)), soft_wrap=True)
    for place, number in found.copies.items():
        console.print(
            counted(
                "copy: {place}, {count:,} row", "copy: {place}, {count:,} rows", number, place=place
            ),
            soft_wrap=True,
        )
    if not found:
        console.print(message("this person or company occurs nowhere"))


def _show_load(one: InLoad) -> None:
    load = one.load
    console.print(
        message("load {load_id} ({slot})", load_id=load.load_id, slot=describe_slot(load.slot)),
        soft_wrap=True,
    )
    if one.row_keys:
        rows = [key.partition("#")[2] for key in one.row_keys]
        print_indented(
            counted(
                "row {rows} (without the heading)",
                "rows {rows} (without the heading)",
                len(rows),
                rows=rows,
            )
        )
    if one.lines:
        lines = [str(line) for line in one.lines]
        print_indented(
            counted("refused line {lines}", "refused lines {lines}", len(lines), lines=lines)
        )
    for digest in one.files:
        print_indented(message("file as received: archive/{digest}", digest=digest))
