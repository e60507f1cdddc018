"""``klynge releases``: list, show, compare, rebuild and roll back releases."""

from typing import Annotated

import typer

from cli.diff import diff
from cli.loads import Reason, Role
from cli.output import console, show_facts, show_table
from klynge import open_release
from klynge.home import Home
from klynge.intake.dataset_names import name_with_id
from klynge.messages import counted, local_time, message
from klynge.releases.publishing import roll_back
from klynge.releases.reading import list_releases
from klynge.releases.rebuilding import restore
from klynge.releases.shrinkage import accept_losses
from klynge.words import BASES, STATES

app = typer.Typer(
    help="List, show, compare, rebuild and roll back releases, and accept losses of rows.",
    no_args_is_help=True,
)
app.command()(diff)


@app.command("list")
def list_() -> None:
    """List all releases, the newest last; an arrow marks the current one."""
    home = Home.from_environment()
    current = (home.releases / "current").resolve().name
    rows = []
    for release in list_releases(home):
        manifest = release.manifest
        rows.append(
            (
                "→" if release.release_id == current else "",
                release.release_id,
                len(manifest["tables"]),
                message("{count:,}", count=sum(t["rows"] for t in manifest["tables"])),
                message("{checks} passed", checks=manifest["gate"]["checks"]),
                message("yes") if release.has_database else message("removed"),
                message("{names}", names=[BASES.get(b, b) for b in manifest["basis"]["rows"]]),
                release.as_of and local_time(release.as_of),
            )
        )
    names = (
        "",
        message("release"),
        message("tables"),
        message("rows"),
        message("checks"),
        message("database"),
        message("basis"),
        message("as of"),
    )
    show_table(names, rows)


@app.command()
def show(
    release_id: Annotated[
        str | None, typer.Argument(help="A release id; default: the current release.")
    ] = None,
) -> None:
    """Show the inputs, the code and the tables of a release, with row counts and content hashes."""
    release = open_release(release_id)
    manifest = release.manifest
    code = manifest["code"]
    changes = "" if code["clean"] else message(" (with changes)")
    show_facts(
        (message("release"), manifest["release_id"]),
        (message("created"), local_time(manifest["created_at"])),
        (message("folder"), str(release.path)),
        (message("code"), message("{commit}{changes}", commit=code["commit"], changes=changes)),
        ("", message("files {sha256}", sha256=code["sha256"])),
        (message("basis"), release.rests_on),
        *([(message("as of"), local_time(release.as_of))] if release.as_of else []),
        (
            message("gate"),
            counted(
                "{count:,} check passed", "{count:,} checks passed", manifest["gate"]["checks"]
            ),
        ),
    )
    console.print()
    show_table(
        (
            message("from"),
            message("dataset"),
            message("period"),
            message("load"),
            message("basis"),
            message("rows"),
            message("sha256 of the file"),
        ),
        [
            (
                load["document_id"] or load["reporter"],
                name_with_id(load["dataset"]),
                load["period"],
                load["load_id"],
                STATES["erased"] if load.get("erased") else BASES[load["basis"]],
                load["rows_loaded"],
                manifest["inputs"]["documents"].get(load["document_id"])
                or next(iter(load["files"].values())),
            )
            for load in manifest["inputs"]["loads"]
        ],
    )
    console.print()
    show_table(
        (message("table"), message("rows"), message("content hash")),
        [
            (
                f"{t['schema']}.{t['table']}",
                t["rows"],
                t["content_hash"] or message("(not compared)"),
            )
            for t in manifest["tables"]
        ],
    )


@app.command()
def rebuild(
    release_id: Annotated[str, typer.Argument(help="A release id or its first characters.")],
) -> None:
    """Rebuild the database of an old release, and prove that its content is the same."""
    home = Home.from_environment()
    release = open_release(release_id, home)
    restore(home, release)
    tables = [t for t in release.manifest["tables"] if t["content_hash"]]
    said = message(
        "release {release_id} has its database again: {tables} tables were rebuilt from its own "
        "loads, reference data and models, each with the same content hash as before",
        release_id=release.release_id,
        tables=len(tables),
    )
    console.print(said)


@app.command()
def rollback(
    release_id: Annotated[
        str | None,
        typer.Argument(help="A release id; default: the release before the current one."),
    ] = None,
) -> None:
    """Make an earlier release the current one; the next nightly run publishes a new release."""
    before, after = roll_back(Home.from_environment(), release_id)
    console.print(message("current was {before} and is now {after}", before=before, after=after))


@app.command("accept-loss")
def accept_loss(
    checks: Annotated[list[str], typer.Argument(help="Names of failed checks of the last run.")],
    role: Role,
    reason: Reason,
) -> None:
    """Accept the losses of rows that these checks found; they do not stop the next run."""
    home = Home.from_environment()
    with home.locked():
        accepted = accept_losses(home, checks, role=role, reason=reason)
    for result in accepted:
        said = message(
            "accepted: {check} on {table}; the record of the run keeps role and reason",
            check=result.check_id,
            table=result.looks_at,
        )
        console.print(said, soft_wrap=True)
    console.print(message("next: run `klynge nightly`"))
