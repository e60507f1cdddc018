"""``klynge reference``: keep a home's own rows of reference data, such as the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.loads import Reason, Role
from cli.output import console, require_folder, show_table
from klynge.errors import InputError
from klynge.home import Home
from klynge.messages import message, shown
from klynge.overlay.acceptance import accept, read_overlay_refusal
from klynge.overlay.differences import ADDED, CHANGED, REMOVED, Difference
from klynge.overlay.proposals import Proposal, propose, propose_without
from klynge.reference.overlay_ledger import list_versions
from klynge.reference.overlay_seeds import OVERLAY_SEEDS, OverlaySeed
from klynge.reference.seeds import read_reference

_KINDS = {ADDED: message("added"), CHANGED: message("changed"), REMOVED: message("removed")}

app = typer.Typer(
    help="Keep the calendar, the reporters and the calls of this home.", no_args_is_help=True
)

Seed = Annotated[str, typer.Argument(metavar="SEED", help="A name from `klynge reference list`.")]
Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="CSV or XLSX; default: the files in reference/."),
]


@app.command("list")
def list_() -> None:
    """List the reference data to which you may add rows, with their numbers of rows."""
    home = Home.from_environment()
    reference = read_reference(home)
    show_table(
        (
            message("name"),
            message("one row is"),
            message("shipped"),
            message("of this home"),
            message("key"),
        ),
        [
            (
                seed.name,
                seed.title,
                len(reference.shipped_rows(seed.name)),
                len(reference.overlay.get(seed.name, ())),
                ", ".join(seed.key),
            )
            for seed in OVERLAY_SEEDS.values()
        ],
    )
    if reference.version is not None:
        version = reference.version
        console.print(
            message(
                "accepted {when} by {role}: {reason}",
                when=version.accepted_time,
                role=version.role,
                reason=version.reason,
            ),
            soft_wrap=True,
        )
    if refusal := read_overlay_refusal(home):
        console.print(
            message("the files in reference/ are refused: {reason}", reason=refusal.reason),
            style="red",
            soft_wrap=True,
        )


@app.command()
def show(seed: Seed) -> None:
    """Show the rows in use; an arrow marks those of this home."""
    reference = read_reference(Home.from_environment())
    declared = _declared(seed)
    own = {id(row) for row in reference.overlay.get(declared.name, ())}
    rows = reference.located_rows(declared.name)
    show_table(
        ("", *reference.columns(declared.name)),
        [("→" if id(row) in own else "", *row.values.values()) for row in rows],
    )


@app.command()
def template(
    seed: Seed,
    out: Annotated[
        Path | None, typer.Option(help="The output file, CSV or XLSX; default: SEED.xlsx.")
    ] = None,
) -> None:
    """Write the rows in use to a file, which you can edit and add again."""
    # writing a workbook imports XlsxWriter
    from klynge.reference.overlay_templates import template_csv, template_xlsx  # noqa: PLC0415

    declared = _declared(seed)
    path = out or Path(f"{declared.name}.xlsx")
    require_folder(path)
    if path.exists():
        raise InputError(
            message("{path} exists already: give another name with --out", path=str(path))
        )
    reference = read_reference(Home.from_environment())
    columns, rows = reference.columns(declared.name), reference.rows(declared.name)
    if path.suffix.lower() == ".csv":
        path.write_bytes(template_csv(columns, rows))
    elif path.suffix.lower() == ".xlsx":
        path.write_bytes(template_xlsx(declared.name, columns, rows))
    else:
        raise InputError(message("{path}: give a name that ends in .csv or .xlsx", path=str(path)))
    console.print(message("wrote {path}", path=str(path)))


@app.command()
def check(files: Files = None) -> None:
    """Check files without accepting them, and show what they would change."""
    _show_differences(propose(Home.from_environment(), files or ()).differences)


@app.command()
def add(role: Role, reason: Reason, files: Files = None) -> None:
    """Accept the rows of files; a row is added, or it replaces the row with the same key.

    If no file is named, the files in the folder reference/ are accepted as they are.
    """
    home = Home.from_environment()
    with home.locked():
        accept_proposal(home, propose(home, files or ()), role, reason)


@app.command()
def remove(
    seed: Seed,
    role: Role,
    reason: Reason,
    key: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="COLUMN=VALUE…", help="The rows to remove. Default: all rows of this home."
        ),
    ] = None,
) -> None:
    """Remove rows of this home; the shipped rows that they replaced are used again."""
    home = Home.from_environment()
    with home.locked():
        proposal = propose_without(home, _declared(seed).name, _key(key or ()))
        accept_proposal(home, proposal, role, reason)


@app.command()
def history() -> None:
    """List every accepted version, with its time, role, reason and changes."""
    show_table(
        (
            message("accepted"),
            message("role"),
            message("reason"),
            message("changed"),
            message("version"),
        ),
        [
            (
                message("{when}", when=version.accepted_time),
                version.role,
                version.reason,
                _count_changes(version.changes),
                version.version,
            )
            for version in list_versions(Home.from_environment())
        ],
    )


def accept_proposal(home: Home, proposal: Proposal, role: str, reason: str) -> None:
    """Accept a proposal and show what it changes."""
    version = accept(home, proposal, role, reason)
    _show_differences(proposal.differences)
    if version is not None:
        console.print(
            message("accepted as version {version}", version=version.version), soft_wrap=True
        )


def _show_differences(differences: Sequence[Difference]) -> None:
    for difference in differences:
        console.print(
            message(
                "{kind}: {seed} {key}",
                kind=_KINDS[difference.kind],
                seed=difference.seed,
                key=" ".join(filter(None, difference.key)),
            ),
            soft_wrap=True,
        )
        for column, (before, after) in difference.columns.items():
            console.print(f"  {column}: {before or '-'} → {after or '-'}", soft_wrap=True)
    if not differences:
        console.print(message("nothing changes"))


def _count_changes(changes: Mapping[str, Mapping[str, int]]) -> str:
    """Say how many rows of each seed a version changed."""
    counted = {
        seed: [f"{count} {shown(_KINDS[kind])}" for kind, count in counts.items() if count]
        for seed, counts in changes.items()
    }
    return "; ".join(f"{seed}: {', '.join(texts)}" for seed, texts in counted.items())


def _declared(seed: str) -> OverlaySeed:
    if seed not in OVERLAY_SEEDS:
        raise InputError(
            message(
                "a home cannot keep rows of {seed!r}: use one of {seeds}",
                seed=seed,
                seeds=", ".join(OVERLAY_SEEDS),
            )
        )
    return OVERLAY_SEEDS[seed]


def _key(given: Iterable[str]) -> dict[str, str]:
    key = {}
    for one in given:
        column, equals, value = one.partition("=")
        if not equals:
            raise InputError(message("{given!r}: write COLUMN=VALUE", given=one))
        key[column] = value
    return key
