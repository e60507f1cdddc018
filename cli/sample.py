"""``klynge sample``: write the calibrated sample as files that a reporter could send."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, show_table


class FileFormat(StrEnum):
    """The file format."""

    csv = "csv"
    parquet = "parquet"


def sample(
    out: Annotated[Path, typer.Option(help="The folder to write into; created if missing.")],
    scale: Annotated[
        int, typer.Option(help="How many times to repeat activities, participants and companies.")
    ] = 1,
    seed: Annotated[int, typer.Option(help="Each seed gives another sample.")] = 0,
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="File format.")
    ] = FileFormat.csv,
) -> None:
    """Write invented submissions from which the marts compute the printed figures.

    The submissions are for the years 2021 to 2023 and for the call of 2025.
    """
    from sample import write_sample_files  # noqa: PLC0415 - duckdb and pyarrow: not for --help

    paths = write_sample_files(out, scale, seed, file_format.value)
    show_table(
        ("file", "kilobytes"),
        [(path.name, f"{path.stat().st_size / 1e3:,.0f}") for path in paths],
    )
    console.print(f"\n{len(paths)} files in {out}; the data are invented, the reporter is sample")
