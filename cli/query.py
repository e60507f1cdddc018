"""``klynge query``: run a SQL query on a release."""

from typing import Annotated

import typer

from cli.output import Format, errors, show
from klynge import open_release
from klynge.messages import message
from klynge.releases.completeness import describe_incomplete_rows


def query(
    sql: Annotated[
        str, typer.Argument(help="One SQL query, such as `from evaluation.mart_funding_mix`.")
    ],
    output: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.table,
    release: Annotated[
        str | None,
        typer.Option(help="A release id or its first characters; default: the current one."),
    ] = None,
    restricted: Annotated[
        bool, typer.Option(help="Query the restricted edition, which only its owner can read.")
    ] = False,
) -> None:
    """Run a SQL query on the current release, or on another one."""
    opened = open_release(release)
    if opened.manifest["basis"]["contains_sample"]:
        errors.print(
            message(
                "note: release {release_id} contains sample data, which are invented",
                release_id=opened.release_id,
            ),
            style="yellow",
        )
    answer = opened.arrow(sql, restricted=restricted)
    if note := describe_incomplete_rows(opened, sql, answer, restricted=restricted):
        errors.print(note, style="yellow", soft_wrap=True)
    show(answer, output)
