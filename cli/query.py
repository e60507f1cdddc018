"""``klynge query``: a question in SQL to a release."""

from typing import Annotated

import typer

from cli.output import Format, errors, show
from klynge import open_release


def query(
    sql: Annotated[str, typer.Argument(help="One SQL query; schemas are core, evaluation, …")],
    output: Annotated[Format, typer.Option("--format", help="How to show it.")] = Format.table,
    release: Annotated[
        str | None, typer.Option(help="A release id, or its beginning; else the current one.")
    ] = None,
    restricted: Annotated[
        bool, typer.Option(help="Ask the edition with single participants; for its owner only.")
    ] = False,
) -> None:
    """Answer a SQL query from the current release, or from another."""
    opened = open_release(release)
    if opened.manifest["basis"]["contains_sample"]:
        errors.print(f"note: release {opened.release_id} contains sample data", style="yellow")
    show(opened.arrow(sql, restricted=restricted), output)
