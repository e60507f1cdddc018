"""``klynge trace``: trace a figure to its source rows, with proof, or a row to its figures."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.output import errors, put, require_folder
from klynge import open_release
from klynge.errors import InputError
from klynge.home import Home
from klynge.messages import message

if TYPE_CHECKING:
    from klynge.tracing.auditor import Auditor
    from klynge.tracing.report import Report

#: The text output shows this many rows of each file and, with ``--rows``, of each table.
SHOWN = 10
#: Options of earlier versions -> the sub-command that replaces them.
_REPLACED = {
    "--figure": "klynge trace cell FIGURE_ID",
    "--forward": "klynge trace forward ROW_KEY",
    "--coverage": "klynge trace coverage [DATASET…]",
    "--verify": "klynge trace verify [MART]",
    "--all": "klynge trace verify",
}


class Form(StrEnum):
    """The output formats of a trace."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


class TableForm(StrEnum):
    """The output formats of answers that are lists."""

    text = "text"
    json = "json"
    csv = "csv"


class TraceGroup(TyperGroup):
    """The sub-commands of ``klynge trace``; ``figure`` is the default."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Insert ``figure`` before the name of a mart; refuse the options of earlier versions."""
        for one in args:
            if replacement := _REPLACED.get(one.partition("=")[0]):
                raise InputError(
                    message(
                        "{option} is a sub-command now: use `{command}`",
                        option=one.partition("=")[0],
                        command=replacement,
                    )
                )
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["figure", *args]
        return super().parse_args(ctx, args)


app = typer.Typer(
    cls=TraceGroup,
    no_args_is_help=True,
    help="Trace a figure to its source rows, with proof, or a source row to its figures. "
    "`klynge trace MART KEY=VALUE… --column C` is short for `klynge trace figure …`.",
)

_Column = Annotated[str | None, typer.Option(help="The column of the figure.")]
_ShowRows = Annotated[bool, typer.Option("--rows", help="Also show the rows of each step.")]
_MaxRows = Annotated[
    int | None,
    typer.Option(
        min=1,
        help=f"How many rows to show of each table and file. Default: {SHOWN}; in JSON and CSV, "
        "all.",
    ),
]
_Steps = Annotated[
    bool,
    typer.Option("--steps", help="Also list every table between the figure and its source rows."),
]
_Sql = Annotated[bool, typer.Option("--sql", help="Also show the compiled SQL of each model.")]
_Format = Annotated[
    Form,
    typer.Option("--format", help="csv has the source rows; html is one page with everything."),
]
_TableFormat = Annotated[TableForm, typer.Option("--format", help="The form of the answer.")]
_Out = Annotated[
    Path | None, typer.Option(help="Write to this file, which only you may read (not text).")
]
_ReleaseId = Annotated[
    str | None,
    typer.Option("--release", help="The id of a release, or its beginning. Default: the current."),
]


@app.command()
def figure(
    mart: Annotated[str, typer.Argument(metavar="MART", help="A mart or a core table.")],
    key: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KEY=VALUE…", help="Key columns that identify the row; `KEY=` means NULL."
        ),
    ] = None,
    column: _Column = None,
    rows: _ShowRows = False,
    max_rows: _MaxRows = None,
    steps: _Steps = False,
    sql: _Sql = False,
    form: _Format = Form.text,
    out: _Out = None,
    release: _ReleaseId = None,
) -> None:
    """Trace a figure of a mart to its source rows, with proof; exit code 1 if it is not proved."""
    with _auditor(release, form, out) as auditor:
        from klynge.tracing.figure_lookup import parse_key  # noqa: PLC0415

        places, shown_rows = _limits(form, max_rows, rows=rows)
        report = auditor.report(
            mart, parse_key(key or []), column, places=places, shown_rows=shown_rows
        )
        _show(report, form, out, steps=steps, sql=sql)


@app.command()
def cell(
    figure_id: Annotated[
        str, typer.Argument(metavar="FIGURE_ID", help="The id of a printed cell.")
    ],
    rows: _ShowRows = False,
    max_rows: _MaxRows = None,
    steps: _Steps = False,
    sql: _Sql = False,
    form: _Format = Form.text,
    out: _Out = None,
    release: _ReleaseId = None,
) -> None:
    """Trace a printed cell to its line in the document; exit code 1 if it is not proved."""
    with _auditor(release, form, out) as auditor:
        places, shown_rows = _limits(form, max_rows, rows=rows)
        report = auditor.report_cell(figure_id, places=places, shown_rows=shown_rows)
        _show(report, form, out, steps=steps, sql=sql)


@app.command()
def forward(
    row_key: Annotated[
        str, typer.Argument(metavar="ROW_KEY", help="LOAD_ID#ROW or DOCUMENT_ID#CELL_ID.")
    ],
    form: _TableFormat = TableForm.text,
    out: _Out = None,
    release: _ReleaseId = None,
) -> None:
    """List the figures that depend on a source row, and the clauses that left it out."""
    with _auditor(release, form, out) as auditor:
        from cli.trace_rows import show_forward  # noqa: PLC0415

        found = auditor.forward(row_key)
        show_forward(found, form.value, out)
        _warn(auditor.release.manifest["restricted"], {found.table})


@app.command()
def coverage(
    datasets: Annotated[
        list[str] | None, typer.Argument(metavar="DATASET…", help="Datasets. Default: all.")
    ] = None,
    form: _TableFormat = TableForm.text,
    out: _Out = None,
    release: _ReleaseId = None,
) -> None:
    """Count the source rows that reach a figure, and name the clauses that left out the others."""
    with _auditor(release, form, out) as auditor:
        from cli.trace_rows import show_coverage  # noqa: PLC0415

        _end(is_good=show_coverage(auditor.coverage(datasets or []), form.value, out))


@app.command("verify")
def verify_figures(
    mart: Annotated[
        str | None, typer.Argument(metavar="MART", help="A mart. Default: all.")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Prove only this many random rows of each mart.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The seed that chooses the random rows.")] = 0,
    form: _TableFormat = TableForm.text,
    out: _Out = None,
    release: _ReleaseId = None,
) -> None:
    """Prove every figure of a mart, or of all marts, from its source rows alone."""
    with _auditor(release, form, out) as auditor:
        from cli.trace_verdicts import show_verdicts  # noqa: PLC0415

        verdicts = auditor.verify(mart, sample=sample, seed=seed)
        _end(is_good=show_verdicts(verdicts, form.value, out))


@contextmanager
def _auditor(release: str | None, form: Form | TableForm, out: Path | None) -> "Iterator[Auditor]":
    require_folder(out)
    if form.value == "text" and out is not None:
        raise InputError(message("--out writes json, csv or html: choose one with --format"))
    # importing sqlglot takes half a second, and other commands do not need it
    from klynge.tracing.auditor import auditor  # noqa: PLC0415

    home = Home.from_environment()
    with auditor(home, open_release(release, home)) as opened:
        yield opened


def _limits(form: Form, max_rows: int | None, *, rows: bool) -> tuple[int | None, int | None]:
    """Return how many rows of each file to list and of each table to show; None means all."""
    every = None if form in (Form.json, Form.csv) else SHOWN
    return max_rows or every, (max_rows or SHOWN) if rows else 0


def _show(report: "Report", form: Form, out: Path | None, *, steps: bool, sql: bool) -> None:
    from cli.trace_text import show_report  # noqa: PLC0415
    from klynge.tracing import renderings  # noqa: PLC0415

    if form is Form.text:
        show_report(report, steps=steps, sql=sql)
    else:
        render: dict[Form, Callable[[Report], str]] = {
            Form.json: renderings.report_json,
            Form.csv: renderings.report_csv,
            Form.html: renderings.report_html,
        }
        put(render[form](report), out)
    _warn(report.release["restricted"], {step.table for step in report.steps})
    _end(is_good=report.is_good)


def _end(*, is_good: bool) -> None:
    if not is_good:
        raise typer.Exit(1)


def _warn(restricted: Collection[str], shown: set[str]) -> None:
    if shown & set(restricted):
        errors.print(
            message(
                "note: this has rows about single participants, members, companies or assessors: "
                "it is for the owner of the restricted edition only"
            ),
            style="yellow",
            soft_wrap=True,
        )
