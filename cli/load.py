"""``klynge load``: send files through the door, one by one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer

from cli.output import console, errors, show_table
from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.door import Door
from klynge.intake.refused import describe_refused
from klynge.intake.submissions import Submission, submission_named
from klynge.raw_zone import Load

#: How many reasons for rejected rows are shown per load.
_SHOWN_REASONS = 10


def load(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or Parquet files.")],
    reporter: Annotated[
        str | None, typer.Option(help="The reporter; default: the folder of the file below inbox/.")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Default: from the file's name.")] = None,
    period: Annotated[str | None, typer.Option(help="Default: from the file's name.")] = None,
    correction: Annotated[
        int | None, typer.Option(help="Correction number; 0 means no correction.")
    ] = None,
    partial: Annotated[
        bool, typer.Option("--partial", help="The correction replaces or adds single rows.")
    ] = False,
) -> None:
    """Check files against their contracts and load them; exit code 1 if a file is held."""
    home = Home.from_environment()
    options = {
        "reporter": reporter,
        "dataset": dataset,
        "period": period,
        "correction_no": correction,
        "partial": partial or None,
    }
    given = {name: value for name, value in options.items() if value is not None}
    worst = 0
    from expectations.door import door_judge  # noqa: PLC0415 - six seconds, for this command only

    with home.locked():
        door = Door.of(home, door_judge(home))
        for file in files:
            try:
                received = door.receive(file, _submission(home, door, file, given))
            except InputError as error:
                errors.print(f"refused: {file}: {error}", style="red", soft_wrap=True)
                worst = InputError.exit_code
            else:
                introduce(home, received)
                worst = max(worst, int(received.state == "held"))
    raise typer.Exit(worst)


def _submission(home: Home, door: Door, file: Path, given: Mapping[str, Any]) -> Submission:
    """The submission, from the options or else from the file's name and folder."""
    folder = file.absolute().parent
    if "reporter" not in given and folder.parent != home.inbox:
        raise InputError("state who sends it with --reporter ID (reporters.csv lists the ids)")
    if {"dataset", "period"} <= set(given):
        return Submission(**{"reporter": folder.name, **given})
    return replace(submission_named(file.stem, folder.name, door.contracts), **given)


def introduce(home: Home, received: Load) -> None:
    """Print the result of a submission: row counts, reasons for rejections and for a hold."""
    number = f" correction {received.correction_no}" if received.correction_no else ""
    partial = " (partial)" if received.partial else ""
    console.print(
        f"{received.state}: {received.dataset} {received.period}{number}{partial} "
        f"from {received.reporter}, load {received.load_id}",
        soft_wrap=True,
    )
    console.print(
        f"  {received.rows_read:,} rows read = {received.rows_loaded:,} loaded "
        f"+ {received.rows_rejected:,} rejected + {received.rows_held:,} held"
    )
    if told := describe_refused(received.about.get("refused", {})):
        console.print(f"  {told}", style="yellow", soft_wrap=True)
    for name, count in received.about["warnings"].items():
        console.print(f"  note: {name} in {count:,} row(s)")
    for objection in received.about["objections"]:
        console.print(f"  objection: {objection}", style="yellow", soft_wrap=True)
    if received.state == "held":
        accept = f"klynge loads accept {received.load_id} --role ROLE --reason TEXT"
        console.print(f"  to decide: {accept} (or reject)", soft_wrap=True)
    if received.rows_rejected and not received.erased:
        _show_reasons(home, received)


def _show_reasons(home: Home, received: Load) -> None:
    place = raw_zone.folder(home, received.dataset, received.load_id) / raw_zone.REJECTS
    faults = pq.read_table(place, columns=["column", "reason_en"]).to_pylist()
    counted = Counter((fault["column"], fault["reason_en"]) for fault in faults)
    show_table(
        ("faults", "column", "reason"),
        [(count, *what) for what, count in counted.most_common(_SHOWN_REASONS)],
    )
    if len(counted) > _SHOWN_REASONS:
        console.print(f"… and {len(counted) - _SHOWN_REASONS} other reasons")
    back = f"klynge rejects {received.load_id} --format xlsx --language da --out FILE"
    console.print(f"  to write them into a file for the reporter: {back}", soft_wrap=True)
