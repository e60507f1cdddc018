"""``klynge trace``: from a figure to the rows it rests on, with proof, and back."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, errors, show_table
from klynge import open_release
from klynge.errors import InputError
from klynge.home import Home, own_alone, write_atomically

#: How many rows of each file, or of each table with ``--rows``, a person is shown.
SHOWN = 10


class Form(StrEnum):
    """How to tell of a trace."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


def trace(
    mart: Annotated[
        str | None, typer.Argument(help="A mart or core table; with --coverage a dataset.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE…", help="What tells the row; KEY= is null."),
    ] = None,
    column: Annotated[str | None, typer.Option(help="The figure of that row.")] = None,
    figure: Annotated[str | None, typer.Option(help="Instead: a printed cell, by its id.")] = None,
    forward: Annotated[
        str | None, typer.Option(help="Instead: what became of a raw row, by its source_row_key.")
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Instead: what became of all raw rows, by dataset.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Instead: prove every figure of a mart.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="With --verify: of every mart.")] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="With --verify: so many random rows of each mart.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random rows.")] = 0,
    rows: Annotated[bool, typer.Option("--rows", help="Show the rows of each step.")] = False,
    max_rows: Annotated[
        int | None,
        typer.Option(min=1, help=f"Rows to show of each; else {SHOWN}, in CSV and JSON all."),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show each model's compiled SQL.")] = False,
    form: Annotated[Form, typer.Option("--format", help="csv holds the supporting rows.")] = (
        Form.text
    ),
    out: Annotated[Path | None, typer.Option(help="Write it into a file of its own.")] = None,
    release: Annotated[
        str | None, typer.Option(help="A release id, or its beginning; else the current one.")
    ] = None,
) -> None:
    """Walk from a figure to its source rows, with proof; exit code 1 where nothing is proved."""
