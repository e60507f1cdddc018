"""``klynge validate``: check a file before sending it."""

from pathlib import Path
from typing import Annotated

import typer

from cli.language import speak_danish_by_default
from cli.output import console, errors, show_table
from klynge import checkout
from klynge.home import Home, require_file
from klynge.intake.contracts import Contract, find_contract, read_contracts
from klynge.messages import counted, current_language, message
from klynge.reference.seeds import read_reference

#: At most this many faults are shown; once the file is sent, ``klynge rejects`` lists all of them.
_SHOWN = 200


def validate(
    file: Annotated[Path, typer.Argument(help="The CSV, XLSX or Parquet file to check.")],
    dataset: Annotated[str, typer.Option(help="Default: from the file's name.")] = "",
    period: Annotated[str, typer.Option(help="Default: from the file's name.")] = "",
    reporter: Annotated[str, typer.Option(help="The reporter that will send it.")] = "",
) -> None:
    """Check a file row by row, without loading it; exit code 1 if rows are rejected."""
    speak_danish_by_default()
    # reading and checking import DuckDB and Arrow
    from klynge.intake.checking import check_file, read_registers  # noqa: PLC0415
    from klynge.intake.pseudonyms import SAMPLE_KEY  # noqa: PLC0415
    from klynge.intake.rejects import rejected_rows  # noqa: PLC0415
    from klynge.intake.warning_messages import describe_warning  # noqa: PLC0415

    require_file(file)
    contract, period, organisation_id = _about(file, dataset, period, reporter)
    checked = check_file(
        file,
        contract,
        period=period,
        organisation_id=organisation_id,
        registers=read_registers(read_reference(Home.from_environment()), [contract]),
        # nothing is stored, so no secret key is needed
        key=SAMPLE_KEY,
    )
    if checked.sheet:
        console.print(message("sheet '{sheet}':", sheet=checked.sheet))
    faults = checked.rejected
    if faults.num_rows:
        listed = rejected_rows(faults.slice(0, _SHOWN), contract, current_language())
        names = (message("line"), message("column"), message("value"), message("reason"))
        show_table(names, [(n, *map(_on_one_line, told)) for n, *told in listed])
    more = faults.num_rows - _SHOWN
    if more > 0:
        console.print(counted("… and {count:,} more fault", "… and {count:,} more faults", more))
    for note in checked.notes:
        console.print(note)
    for warning, count in checked.warnings.items():
        console.print(describe_warning(warning, count))
    summary = counted(
        "{count:,} row read, {sound:,} valid, {rejected:,} rejected",
        "{count:,} rows read, {sound:,} valid, {rejected:,} rejected",
        checked.rows_read,
        sound=checked.rows.num_rows,
        rejected=checked.rows_rejected,
    )
    console.print(summary)
    if not checked.rows_read:
        errors.print(message("{file} holds no rows", file=file.name), style="red")
    if checked.rows_rejected or not checked.rows_read:
        raise typer.Exit(1)


def _on_one_line(text: str) -> str:
    """Replace the control characters of a text, because they could move the terminal's cursor."""
    return "".join(c if c.isprintable() else "␣" for c in text)


def _about(
    file: Path, dataset: str, period: str, reporter: str
) -> tuple[Contract, str, str | None]:
    """Return contract, period and allowed organisation, from the options or the file's name."""
    # the types of the ledger import Arrow
    from klynge.intake.calendar import read_reporting  # noqa: PLC0415
    from klynge.intake.submissions import (  # noqa: PLC0415
        Submission,
        require_allowed,
        submission_named,
    )

    contracts = read_contracts(checkout.CONTRACTS)
    if dataset and period:
        submission = Submission(reporter, dataset, period)
    else:
        named = submission_named(file.stem, reporter, contracts)
        submission = Submission(reporter, dataset or named.dataset, period or named.period)
    if not reporter:
        return find_contract(submission.dataset), submission.period, None
    reporting = read_reporting(read_reference(Home.from_environment()))
    contract = require_allowed(submission, contracts, reporting)
    return contract, submission.period, reporting.reporters[reporter].organisation_id
