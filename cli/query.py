"""``klynge query``: run a SQL query on a release."""

import os
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from cli.answer_table import ROWS_SHOWN, show_answer
from cli.output import Format, console, errors, show
from klynge import open_release
from klynge.errors import InputError
from klynge.exports.answers import Answer, answer_query
from klynge.exports.csv_files import write_danish_csv
from klynge.exports.files import FileFormat, write_answer
from klynge.messages import message, one_of
from klynge.releases.completeness import describe_incomplete_rows
from klynge.releases.coverage import why_empty
from klynge.releases.mixed_sums import describe_mixed_sums
from klynge.releases.queries import named_tables
from klynge.releases.sample_rows import describe_sample_rows


class QueryFormat(StrEnum):
    """The formats in which an answer is shown or written to a file."""

    table = "table"
    csv = "csv"
    danish_csv = "csv-da"
    json = "json"
    xlsx = "xlsx"
    parquet = "parquet"


ReleaseOption = Annotated[
    str | None,
    typer.Option(
        help="A release id, its first characters, or the folder of a release. Default: the "
        "current release."
    ),
]

FormatOption = Annotated[
    QueryFormat | None,
    typer.Option(
        "--format",
        help="Output format. Default: table, or the ending of --out. csv-da and xlsx are for a "
        "Danish Excel.",
    ),
]
OutOption = Annotated[
    Path | None, typer.Option(help="Write the answer into this file, whole or not at all.")
]


def query(
    sql: Annotated[
        str, typer.Argument(help="One SQL query, such as `from evaluation.mart_funding_mix`.")
    ],
    output: FormatOption = None,
    out: OutOption = None,
    limit: Annotated[
        int, typer.Option(min=0, help="How many rows a table shows; 0 shows all.")
    ] = ROWS_SHOWN,
    release: ReleaseOption = None,
    restricted: Annotated[
        bool, typer.Option(help="Query the restricted edition, which only its owner can read.")
    ] = False,
) -> None:
    """Run a SQL query on the current release, or on another one."""
    chosen = output or format_of(out)
    file_format = file_format_of(chosen, out)
    opened = open_release(release)
    answer = answer_query(opened, sql, restricted=restricted)
    notes = (
        describe_sample_rows(opened, sql, answer.rows, restricted=restricted),
        describe_incomplete_rows(opened, sql, answer.rows, restricted=restricted),
        None if answer.rows.num_rows else why_empty(opened, named_tables(sql)),
        describe_mixed_sums(opened, sql),
    )
    for note in filter(None, notes):
        errors.print(note, style="yellow", soft_wrap=True)
    if out is not None and file_format is not None:
        if restricted:
            # only the owner may read what comes from the restricted edition
            os.umask(0o077)
        write_answer(answer, file_format, out)
        console.print(str(out), soft_wrap=True)
    else:
        show_rows(answer, chosen, limit)


def format_of(out: Path | None) -> QueryFormat:
    """The format for the ending of the file's name; without a file, a table."""
    return QueryFormat.table if out is None else QueryFormat(FileFormat.of(out).value)


def file_format_of(chosen: QueryFormat, out: Path | None) -> FileFormat | None:
    """The format of the file; None if the answer is shown."""
    if out is None:
        if chosen in {QueryFormat.xlsx, QueryFormat.parquet}:
            raise InputError(message("--format {name} needs --out FILE", name=chosen.value))
        return None
    if chosen is QueryFormat.table:
        raise InputError(
            message(
                "--format table is for the screen: with --out, give {formats}",
                formats=one_of([*FileFormat]),
            )
        )
    return FileFormat(chosen.value)


def show_rows(answer: Answer, chosen: QueryFormat, limit: int) -> None:
    """Print an answer in a format that needs no file."""
    if chosen is QueryFormat.table:
        show_answer(answer.rows, limit)
    elif chosen is QueryFormat.danish_csv:
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8-sig", newline="")
        write_danish_csv(answer, sys.stdout)
    else:
        show(answer.rows, Format(chosen.value))
