"""``klynge validate``: check a file before sending it."""

from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, errors, show_table
from klynge import checkout
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import Contract, find_contract, read_contracts
from klynge.messages import Language, current_language, message
from klynge.reference.seeds import read_reference

#: How many faults are shown; once the file is sent, its list of rejects has all of them.
_SHOWN = 200


_TEXTS = {
    Language.da: {
        "header": ("linje", "kolonne", "værdi", "årsag"),
        "more": "… og {} fejl til",
        "summary": "{} rækker læst, {} godkendt, {} afvist",
        "cvr_check_digit": "advarsel: {} CVR-numre har forkert kontrolciffer; se efter tastefejl",
        "error": "fejl",
    },
    Language.en: {
        "header": ("line", "column", "value", "reason"),
        "more": "… and {} faults more",
        "summary": "{} rows read, {} sound, {} rejected",
        "cvr_check_digit": "warning: {} CVR numbers fail their check digit; look for typing errors",
        "error": "error",
    },
}


def validate(
    file: Annotated[Path, typer.Argument(help="The CSV, XLSX or Parquet file to check.")],
    dataset: Annotated[str, typer.Option(help="Default: from the file's name.")] = "",
    period: Annotated[str, typer.Option(help="Default: from the file's name.")] = "",
    reporter: Annotated[str, typer.Option(help="The reporter that will send it.")] = "",
) -> None:
    """Check a file row by row, without loading it; exit code 1 if rows are rejected."""
    # reading and checking bring DuckDB and Arrow
    from klynge.intake.checking import check_file, read_registers  # noqa: PLC0415
    from klynge.intake.formats.text_file import FileRefusedError  # noqa: PLC0415
    from klynge.intake.pseudonyms import SAMPLE_KEY  # noqa: PLC0415
    from klynge.intake.rejects import rejected_rows  # noqa: PLC0415

    if not file.is_file():
        raise InputError(f"{file} is not a file: name the file to check")
    contract, period, organisation_id = _about(file, dataset, period, reporter)
    # a reporter reads this, so it is in Danish unless the language is chosen
    language = current_language(Language.da)
    texts = _TEXTS[language]
    try:
        checked = check_file(
            file,
            contract,
            period=period,
            organisation_id=organisation_id,
            registers=read_registers(read_reference(Home.from_environment()), [contract]),
            # nothing is stored, so no secret key is needed
            key=SAMPLE_KEY,
        )
    except FileRefusedError as error:
        told = error.reason_da if language is Language.da else str(error)
        errors.print(f"{texts['error']}: {told}", style="red")
        raise typer.Exit(InputError.exit_code) from None
    if checked.sheet:
        console.print(message("sheet '{sheet}':", sheet=checked.sheet))
    faults = checked.rejected
    if faults.num_rows:
        shown = rejected_rows(faults.slice(0, _SHOWN), contract, language)
        show_table(texts["header"], [(n, *map(_on_one_line, told)) for n, *told in shown])
    if faults.num_rows > _SHOWN:
        console.print(str(texts["more"]).format(faults.num_rows - _SHOWN))
    for note in checked.notes:
        console.print(note)
    for warning, count in checked.warnings.items():
        console.print(str(texts[warning]).format(count))
    counts = (checked.rows_read, checked.rows.num_rows, checked.rows_rejected)
    console.print(str(texts["summary"]).format(*counts))
    if not checked.rows_read:
        errors.print(message("{file} holds no rows", file=file.name), style="red")
    if checked.rows_rejected or not checked.rows_read:
        raise typer.Exit(1)


def _on_one_line(text: str) -> str:
    """The reporter's text without control characters, which could move the terminal's cursor."""
    return "".join(c if c.isprintable() else "␣" for c in text)


def _about(
    file: Path, dataset: str, period: str, reporter: str
) -> tuple[Contract, str, str | None]:
    """Contract, period and allowed organisation of a file, from the options or the file's name."""
    # the ledger's types bring Arrow
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
