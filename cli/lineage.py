"""``klynge lineage``: the lineage of columns for other tools."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import put, require_folder
from klynge import open_release

app = typer.Typer(help="Export the lineage of columns.", no_args_is_help=True)


class Standard(StrEnum):
    """The formats of lineage that other tools read."""

    openlineage = "openlineage"


@app.callback()
def lineage() -> None:
    """Export the lineage of columns; `klynge trace` traces single figures."""


@app.command()
def export(
    standard: Annotated[
        Standard, typer.Option("--format", help="openlineage: one run event per line.")
    ] = Standard.openlineage,
    out: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    release: Annotated[
        str | None,
        typer.Option(help="The id of a release, or its beginning. Default: current."),
    ] = None,
) -> None:
    """Write the source columns of each column, with their kinds, such as filter or join."""
    require_folder(out)
    from klynge.tracing.openlineage import events  # noqa: PLC0415 - it needs sqlglot

    write = {Standard.openlineage: events}[standard]
    lines = (json.dumps(event, ensure_ascii=False) for event in write(open_release(release)))
    put("\n".join(lines), out)
