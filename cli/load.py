"""``klynge load``: send files through the door, one by one."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import pyarrow.parquet as pq
import typer

from cli.output import console, errors, print_indented, show_table
from klynge import raw_zone
from klynge.errors import InputError
from klynge.home import Home, require_file
from klynge.intake.dataset_names import describe_slot, name_with_id
from klynge.intake.door import Door, describe_repeat
from klynge.intake.objections import describe_objection
from klynge.intake.reasons import NEW_VALUE
from klynge.intake.refused import describe_refused, read_refused
from klynge.intake.set_aside import describe_record
from klynge.intake.submissions import Submission, submission_named, waits_for_whole_file
from klynge.intake.warning_messages import describe_warning
from klynge.messages import Message, counted, current_language, message, restored
from klynge.raw_zone import Load

#: At most this many reasons for rejected rows are shown for a load.
_SHOWN_REASONS = 10


def load(
    files: Annotated[list[Path], typer.Argument(help="CSV, XLSX or Parquet files.")],
    reporter: Annotated[
        str | None,
        typer.Option(help="The reporter. Default: the name of the file's folder in inbox/."),
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
        known = {one.load_id for one in raw_zone.read_ledger(home)}
        for file in files:
            try:
                require_file(file)
                received = door.receive(file, _submission(home, door, file, given))
            except InputError as error:
                refused = message("refused: {file}: {reason}", file=str(file), reason=error.message)
                errors.print(refused, style="red", soft_wrap=True)
                worst = InputError.exit_code
            else:
                if received.load_id in known:
                    console.print(describe_repeat(received), soft_wrap=True)
                else:
                    introduce(home, received)
                known.add(received.load_id)
                worst = max(worst, int(received.state == "held"))
    raise typer.Exit(worst)


def _submission(home: Home, door: Door, file: Path, given: Mapping[str, Any]) -> Submission:
    """Return the submission that the options describe, or else the file's name and folder."""
    folder = file.absolute().parent
    if "reporter" not in given and folder.parent != home.inbox:
        raise InputError(
            message("state who sends it with --reporter ID (reporters.csv lists the ids)")
        )
    if {"dataset", "period"} <= set(given):
        return Submission(**{"reporter": folder.name, **given})
    return replace(submission_named(file.stem, folder.name, door.contracts), **given)


def introduce(home: Home, received: Load, decision: Message | None = None) -> None:
    """Print the result of a submission: row counts, reasons for rejections and for a hold.

    ``decision`` says what somebody has just decided. It is printed in place of the objections.
    """
    said = message(
        "{state}: {dataset} {period}{correction} from {reporter}, load {load_id}",
        state=received.state_word,
        dataset=name_with_id(received.dataset),
        period=received.period,
        correction=_correction(received),
        reporter=received.reporter,
        load_id=received.load_id,
    )
    console.print(said, soft_wrap=True)
    rows = counted(
        "{count:,} row read = {loaded:,} loaded + {rejected:,} rejected + {held:,} held",
        "{count:,} rows read = {loaded:,} loaded + {rejected:,} rejected + {held:,} held",
        received.rows_read,
        loaded=received.rows_loaded,
        rejected=received.rows_rejected,
        held=received.rows_held,
    )
    print_indented(rows)
    if received.partial:
        _show_waiting(home, received)
    if sheet := received.about.get("sheet"):
        print_indented(message("read from sheet '{sheet}'", sheet=sheet))
    for note in received.about.get("notes", []):
        print_indented(restored(note), style="yellow")
    if told := describe_refused(read_refused(home, received)):
        print_indented(told, style="yellow")
    for name, count in received.about["warnings"].items():
        print_indented(describe_warning(name, count))
    if decision:
        print_indented(decision)
    else:
        _show_objections(received)
    if received.is_set_aside:
        _show_set_aside(received)
    _show_acceptances(received)
    if received.state == "held":
        accept = message(
            "klynge loads accept {load_id} --role ROLE --reason TEXT", load_id=received.load_id
        )
        print_indented(message("to decide: {command} (or reject)", command=accept))
    if received.rows_rejected and not received.erased:
        _show_reasons(home, received)


def _show_objections(received: Load) -> None:
    for objection in received.about["objections"]:
        reason = message("objection: {objection}", objection=describe_objection(objection))
        print_indented(reason, style="yellow")


def _show_acceptances(load: Load) -> None:
    """Print which rules the rows of a load may break, and who accepted this."""
    for acceptance in load.about.get(raw_zone.ACCEPTANCES, {}).values():
        print_indented(
            message(
                "its rows may break {check}; accepted by {role}: {reason}",
                check=acceptance["check_id"],
                role=acceptance["role"],
                reason=acceptance["reason"],
            )
        )


def _show_waiting(home: Home, received: Load) -> None:
    """Print that a partial correction waits, if no whole file of its slot counts."""
    if waits_for_whole_file(received, raw_zone.read_ledger(home)):
        waiting = message(
            "it waits: it has single rows only, and no whole file of {slot} counts; send the "
            "whole file",
            slot=describe_slot(received.slot),
        )
        print_indented(waiting, style="yellow")


def _correction(received: Load) -> str:
    if not received.correction_no:
        return ""
    if received.partial:
        return message(" correction {number} (partial)", number=received.correction_no)
    return message(" correction {number}", number=received.correction_no)


def _show_set_aside(load: Load) -> None:
    record = load.about[raw_zone.SET_ASIDE]
    left_out = message(
        "set aside: {reason}; the last nightly run published the rest without this load",
        reason=describe_record(record),
    )
    print_indented(left_out, style="yellow")
    if all(check["acceptable"] for check in record["checks"]):
        command = message(
            "klynge loads accept {load_id} --role ROLE --reason TEXT", load_id=load.load_id
        )
        ways = message(
            "what to do: let its reporter send a correction, withdraw the load with `klynge loads "
            "withdraw`, or accept its rows as they are: {command}",
            command=command,
        )
    else:
        ways = message(
            "what to do: let its reporter send a correction, or withdraw the load with `klynge "
            "loads withdraw`; rows that break this rule cannot be accepted"
        )
    print_indented(ways)


def _show_reasons(home: Home, received: Load) -> None:
    place = raw_zone.folder(home, received.dataset, received.load_id) / raw_zone.REJECTS
    reason = f"reason_{current_language()}"
    faults = pq.read_table(place, columns=["column", reason, "reason_en"]).to_pylist()
    reasons = Counter((fault["column"], fault[reason]) for fault in faults)
    show_table(
        (message("faults"), message("column"), message("reason")),
        [(count, *what) for what, count in reasons.most_common(_SHOWN_REASONS)],
    )
    more = len(reasons) - _SHOWN_REASONS
    if more > 0:
        console.print(counted("… and {count} other reason", "… and {count} other reasons", more))
    if any(NEW_VALUE in fault["reason_en"] for fault in faults):
        print_indented(
            message(
                "if a value is new, add it to the reference data: `klynge reference list` shows "
                "the seeds, and `klynge reference template SEED` writes a file to fill in"
            )
        )
    back = message("klynge rejects {load_id} --out FILE.xlsx", load_id=received.load_id)
    print_indented(message("to write them into a file for the reporter: {command}", command=back))
