"""``klynge template``: write the files that a reporter fills in."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.language import speak_danish_by_default
from cli.output import console, require_folder
from klynge import checkout
from klynge.danish_time import danish_today
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import find_contract, read_contracts
from klynge.intake.dataset_names import name_dataset
from klynge.messages import message, shown
from klynge.reference.seeds import Reference, read_reference


class Template(StrEnum):
    """The format of a template."""

    csv = "csv"
    xlsx = "xlsx"


def format_of(out: Path | None, chosen: Template | None) -> Template:
    """Return the format from the ending of the name ``out``, or else the chosen format.

    If neither is given, the format is a workbook. Raises :class:`InputError` if the name has
    another ending, or if it does not fit the chosen format.
    """
    suffix = "" if out is None else out.suffix.lower().removeprefix(".")
    if not suffix:
        return chosen or Template.xlsx
    if suffix not in set(Template):
        raise InputError(
            message(
                "{file} ends with neither .csv nor .xlsx: give a name with --out that ends "
                "with .csv for a text file, or with .xlsx for a workbook",
                file=str(out),
            )
        )
    if chosen not in (None, Template(suffix)):
        raise InputError(
            message(
                "{file} does not fit --format {format}: give a name that ends with "
                ".{format}, or leave --format out",
                file=str(out),
                format=str(chosen),
            )
        )
    return Template(suffix)


def template(
    dataset: Annotated[str, typer.Argument(help="The dataset. Leave it out with --all.")] = "",
    file_format: Annotated[
        Template | None,
        typer.Option(
            "--format", help="The file format. Default: the ending of --out, or else xlsx."
        ),
    ] = None,
    period: Annotated[
        str,
        typer.Option(help="The year or the call to report on; it becomes part of the file's name."),
    ] = "",
    reporter: Annotated[
        str, typer.Option(help="The reporter. The lists then offer only its own organisation.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option(help="The output file; with --all the output folder.")
    ] = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Write the template of every dataset that is expected."),
    ] = False,
) -> None:
    """Write a template with headings and an example row; XLSX adds a guide and drop-down lists."""
    speak_danish_by_default()
    if every == bool(dataset):
        raise InputError(message("name one dataset, or give --all"))
    reference = read_reference(Home.from_environment())
    if not every:
        contract = find_contract(dataset)
        dataset = contract.dataset
        if not period and not out:
            period = _ask_for_period()
        fitting = {
            p.period_id
            for p in read_reporting(reference).periods.values()
            if p.kind == contract.period_kind
        }
        if period and period not in fitting:
            raise InputError(
                message(
                    "{dataset} is not reported for {period!r}: use one of {periods}",
                    dataset=dataset,
                    period=period,
                    periods=sorted(fitting),
                )
            )
        chosen = format_of(out, file_format)
        path = out or Path(_file_name(dataset, period, chosen))
        _write({path: dataset}, chosen, period, reporter, reference)
        return
    if not (period and reporter):
        raise InputError(message("--all needs --period and --reporter"))
    folder = out or Path(f"{reporter}_{period}")
    datasets = _datasets(reporter, period, reference)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = file_format or Template.xlsx
    paths = {folder / _file_name(name, period, chosen): name for name in datasets}
    _write(paths, chosen, period, reporter, reference)


def _file_name(dataset: str, period: str, chosen: Template) -> str:
    """The name by which the inbox knows the file, in the reader's language.

    For example ``Finansiering_2026.xlsx`` in Danish, and ``funding_2026.xlsx`` in English.
    """
    name = str(shown(name_dataset(dataset))).replace(" ", "_")
    return f"{name}_{period}.{chosen}"


def _ask_for_period() -> str:
    if not sys.stdin.isatty():
        raise InputError(message("give the year or the call of the template with --period"))
    return str(typer.prompt(shown(message("Year or call to report on"))))


def _datasets(reporter: str, period: str, reference: Reference) -> list[str]:
    """The datasets that the calendar expects from a reporter for a period."""
    # the types of the ledger import Arrow
    from klynge.intake.submissions import (  # noqa: PLC0415
        Submission,
        expected_submissions,
        require_allowed,
    )

    contracts = read_contracts(checkout.CONTRACTS)
    reporting = read_reporting(reference)
    known = reporting.reporters.get(reporter)
    kind = reporting.periods[period].kind if period in reporting.periods else None
    fitting = [
        contract.dataset
        for contract in contracts.values()
        if (known is None or known.kind in contract.reporters)
        and (kind is None or contract.period_kind == kind)
    ]
    if not fitting:
        raise InputError(
            message("{reporter} sends nothing for {period}", reporter=reporter, period=period)
        )
    # this raises the error for an unknown reporter or period
    require_allowed(Submission(reporter, fitting[0], period), contracts, reporting)
    today = danish_today()
    expected = [
        submission.dataset
        for submission in expected_submissions(contracts, reporting, today)
        if (submission.reporter, submission.period) == (reporter, period)
    ]
    if not expected:
        raise InputError(
            message(
                "nothing is expected from {reporter} for {period}; name one of {datasets} instead "
                "of --all",
                reporter=reporter,
                period=period,
                datasets=fitting,
            )
        )
    return expected


def _write(
    paths: dict[Path, str],
    file_format: Template,
    period: str,
    reporter: str,
    reference: Reference,
) -> None:
    # these import the library that writes workbooks
    from klynge.intake.template_lists import read_choices  # noqa: PLC0415
    from klynge.intake.templates import template_csv, template_xlsx  # noqa: PLC0415

    reporters = read_reporting(reference).reporters
    if reporter and reporter not in reporters:
        raise InputError(
            message(
                "unknown reporter {reporter!r}: use one of {reporters}",
                reporter=reporter,
                reporters=sorted(reporters),
            )
        )
    organisation_id = reporters[reporter].organisation_id if reporter else None
    for path, dataset in paths.items():
        require_folder(path)
        contract = find_contract(dataset)
        if path.exists():
            raise InputError(
                message("{path} exists already: give another name with --out", path=str(path))
            )
        choices = read_choices(contract, reference, organisation_id)
        write = template_csv if file_format is Template.csv else template_xlsx
        content = write(contract, choices, period)
        path.write_bytes(content)
        console.print(message("wrote {path}", path=str(path)))
