"""``klynge trace``: from a figure to the rows it rests on, with proof, and back."""

from collections.abc import Collection
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import errors, put, require_folder
from klynge import open_release
from klynge.errors import InputError
from klynge.home import Home

if TYPE_CHECKING:
    from klynge.tracing.report import Report

#: How many rows of each file, or of each table with ``--rows``, a person is shown.
SHOWN = 10


class Form(StrEnum):
    """How to tell of a trace."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


def trace(
    mart: Annotated[
        str | None, typer.Argument(help="A mart or core table; with --coverage a dataset.")
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE…", help="What tells the row; KEY= is null."),
    ] = None,
    column: Annotated[str | None, typer.Option(help="The figure of that row.")] = None,
    figure: Annotated[str | None, typer.Option(help="Instead: a printed cell, by its id.")] = None,
    forward: Annotated[
        str | None, typer.Option(help="Instead: what became of a raw row, by its source_row_key.")
    ] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Instead: what became of all raw rows, by dataset.")
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify", help="Instead: prove every figure of a mart.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="With --verify: of every mart.")] = False,
    sample: Annotated[
        int | None, typer.Option(min=1, help="With --verify: so many random rows of each mart.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random rows.")] = 0,
    rows: Annotated[bool, typer.Option("--rows", help="Show the rows of each step.")] = False,
    max_rows: Annotated[
        int | None,
        typer.Option(min=1, help=f"Rows to show of each; else {SHOWN}, in CSV and JSON all."),
    ] = None,
    sql: Annotated[bool, typer.Option("--sql", help="Show each model's compiled SQL.")] = False,
    form: Annotated[Form, typer.Option("--format", help="csv holds the supporting rows.")] = (
        Form.text
    ),
    out: Annotated[Path | None, typer.Option(help="Write it into a file of its own.")] = None,
    release: Annotated[
        str | None, typer.Option(help="A release id, or its beginning; else the current one.")
    ] = None,
) -> None:
    """Walk from a figure to its source rows, with proof; exit code 1 where nothing is proved."""
    wishes = {
        "a figure of a mart": mart is not None and not (coverage or verify),
        "--figure": figure is not None,
        "--forward": forward is not None,
        "--coverage": coverage,
        "--verify": verify,
    }
    wished = [name for name, wish in wishes.items() if wish]
    if len(wished) != 1:
        said = " and ".join(wished) if wished else "nothing"
        raise InputError(f"{said} asked for: ask for one of {', '.join(wishes)}")
    require_folder(out)
    # sqlglot takes half a second that no other command need pay
    from cli.trace_rows import show_coverage, show_forward  # noqa: PLC0415
    from cli.trace_verdicts import show_verdicts  # noqa: PLC0415
    from klynge.tracing.auditor import auditor  # noqa: PLC0415
    from klynge.tracing.figure_lookup import parse_key  # noqa: PLC0415

    home = Home.from_environment()
    with auditor(home, open_release(release, home)) as told:
        if verify:
            if every == (mart is not None):
                raise InputError("say which mart to verify, or --all")
            good = show_verdicts(told.verify(mart, sample=sample, seed=seed), form.value, out)
        elif coverage:
            named = [] if mart is None else [mart]
            good = show_coverage(told.tracer.coverage(named), form.value, out)
        elif forward is not None:
            row = told.tracer.forward(forward)
            show_forward(row, form.value, out)
            _warn(told.release.manifest["restricted"], {row.table})
            good = True
        else:
            many = None if form in (Form.json, Form.csv) else SHOWN
            places = max_rows or many
            shown_rows = (max_rows or SHOWN) if rows else 0
            if figure is not None:
                report = told.printed(figure, places=places, shown_rows=shown_rows)
            else:
                wanted = parse_key(key or [])
                report = told.report(
                    str(mart), wanted, column, places=places, shown_rows=shown_rows
                )
            good = _tell(report, form, out, sql=sql)
    if not good:
        raise typer.Exit(1)


def _tell(report: "Report", form: Form, out: Path | None, *, sql: bool) -> bool:
    """Tell of a figure in the form asked for; whether it is proved."""
    from cli.trace_text import show_report  # noqa: PLC0415 - they need what tracing needs
    from klynge.tracing import report as forms  # noqa: PLC0415

    if form is Form.text:
        if out is not None:
            raise InputError("--out writes json, csv or html: say which, with --format")
        show_report(report, sql=sql)
    else:
        write = {
            Form.json: forms.report_json,
            Form.csv: forms.report_csv,
            Form.html: forms.report_html,
        }
        put(write[form](report), out)
    _warn(report.release["restricted"], {step.table for step in report.steps})
    return report.proof.status in forms.GOOD


def _warn(restricted: Collection[str], shown: set[str]) -> None:
    if shown & set(restricted):
        errors.print(
            "note: this tells of rows about single participants, members, companies or assessors: "
            "it is for the owner of the restricted edition",
            style="yellow",
            soft_wrap=True,
        )
