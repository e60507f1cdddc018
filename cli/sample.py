"""``klynge sample``: the calibrated sample as files that a reporter could send."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, show_table


class FileFormat(StrEnum):
    """How the files are written."""

    csv = "csv"
    parquet = "parquet"


def sample(
    out: Annotated[Path, typer.Option(help="The folder to write into; made where it is missing.")],
    scale: Annotated[
        int, typer.Option(help="Replicas of activities, participants and companies.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Another seed gives another sample.")] = 0,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="How to write the files.")
    ] = FileFormat.csv,
) -> None:
    """Write invented submissions, 2021 to 2023 and to the call of 2025, that give the print."""
    from sample import sample_files  # noqa: PLC0415 - duckdb and pyarrow: not for --help

    paths = sample_files(out, scale, seed, file_format.value)
    show_table(
        ("file", "kilobytes"),
        [(path.name, f"{path.stat().st_size / 1e3:,.0f}") for path in paths],
    )
    console.print(f"\n{len(paths)} files in {out}: invented data, for the reporter sample")
