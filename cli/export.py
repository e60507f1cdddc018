"""``klynge export``: write tables of a release into files, a lake or a database server."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, errors
from cli.query import ReleaseOption
from klynge import open_release
from klynge.errors import InputError
from klynge.exports.answers import public_tables, read_table
from klynge.exports.files import FileFormat, write_answer, write_tables
from klynge.messages import counted, message
from klynge.releases.reading import Release
from klynge.releases.sample_rows import describe_sample_release, describe_sample_rows

#: The arguments that export all tables, to a DuckLake or to a PostgreSQL database.
DUCKLAKE, POSTGRES = "ducklake", "postgres"


def export(
    what: Annotated[
        str | None,
        typer.Argument(
            help="A table, such as mart_funding_mix. `ducklake` and `postgres` export all tables."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Write a file for each table into the folder --out.")
    ] = False,
    file_format: Annotated[
        FileFormat | None,
        typer.Option(
            "--format",
            help="Format of the files. Default: the ending of --out, or else xlsx. csv-da and xlsx "
            "are for a Danish Excel.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The file for a table; the folder for --all and for ducklake."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(
            help="The address of a PostgreSQL database, such as postgresql://user@host/database. "
            "Keep the password in PGPASSWORD or in a password file instead."
        ),
    ] = None,
    release: ReleaseOption = None,
) -> None:
    """Write whole tables, or nothing, to files, to a DuckLake or to a PostgreSQL database.

    Only data that analysts may read are exported. A DuckLake gets one snapshot for each release. In
    a PostgreSQL database, all tables change in one transaction.
    """
    if every == (what is not None):
        raise InputError(message("name a table, or give --all"))
    if (url is None) == (what == POSTGRES):
        raise InputError(message("--url belongs to `klynge export postgres`, which needs it"))
    opened = open_release(release)
    if url is not None:
        # both packages are extras, and importing them takes time
        from klynge.exports.postgres import export_to_postgres  # noqa: PLC0415

        tables = export_to_postgres(opened, url)
        _warn_of_sample(opened)
        said = message(
            "the database holds the {tables} tables of release {release_id}",
            tables=tables,
            release_id=opened.release_id,
        )
        console.print(said, soft_wrap=True)
    elif out is None:
        raise InputError(message("--out is missing: name the file or the folder to write"))
    elif what == DUCKLAKE:
        from klynge.exports.ducklake import export_to_ducklake  # noqa: PLC0415

        is_added = export_to_ducklake(opened, out)
        _warn_of_sample(opened)
        said = message(
            "{folder} has a new snapshot with release {release_id}",
            folder=str(out),
            release_id=opened.release_id,
        )
        if not is_added:
            said = message(
                "{folder} has release {release_id} already: nothing was added",
                folder=str(out),
                release_id=opened.release_id,
            )
        console.print(said, soft_wrap=True)
    elif what is None:
        files = write_tables(opened, public_tables(opened), file_format or FileFormat.xlsx, out)
        _warn_of_sample(opened)
        said = counted(
            "{count} file in {folder}", "{count} files in {folder}", len(files), folder=str(out)
        )
        console.print(said, soft_wrap=True)
    else:
        chosen = file_format or FileFormat.of(out)
        answer = read_table(opened, what)
        write_answer(answer, chosen, out)
        if note := describe_sample_rows(opened, answer.query, answer.rows):
            errors.print(note, style="yellow", soft_wrap=True)
        console.print(str(out), soft_wrap=True)


def _warn_of_sample(release: Release) -> None:
    if note := describe_sample_release(release):
        errors.print(note, style="yellow", soft_wrap=True)
