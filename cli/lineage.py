"""``klynge lineage``: which columns come from which, for other tools."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import put, require_folder
from klynge import open_release

app = typer.Typer(help="Hand on the lineage of columns.", no_args_is_help=True)


class Standard(StrEnum):
    """The forms that other tools read."""

    openlineage = "openlineage"


@app.callback()
def lineage() -> None:
    """Hand on the lineage of columns; ``klynge trace`` is about single figures."""


@app.command()
def export(
    standard: Annotated[
        Standard, typer.Option("--format", help="openlineage: a run event on each line.")
    ] = Standard.openlineage,
    out: Annotated[Path | None, typer.Option(help="Write it into a file.")] = None,
    release: Annotated[
        str | None, typer.Option(help="A release id, or its beginning; else the current one.")
    ] = None,
) -> None:
    """Write what each column of each model is made from, with filters, joins, groups, orders."""
    require_folder(out)
    from klynge.tracing.openlineage import events  # noqa: PLC0415 - it needs sqlglot

    write = {Standard.openlineage: events}[standard]
    lines = (json.dumps(event, ensure_ascii=False) for event in write(open_release(release)))
    put("\n".join(lines), out)
