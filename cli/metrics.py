"""``klynge metric`` and ``klynge metrics``: ask for declared measures, and list them."""

from typing import Annotated

import pyarrow as pa
import typer

from cli.metrics_export import export
from cli.output import Format, console, errors, print_indented, show, show_facts, show_table
from klynge import open_release
from klynge.errors import InputError
from klynge.messages import Message, counted, current_language, message
from klynge.metrics.answers import Answer
from klynge.metrics.declarations import Metric
from klynge.metrics.questions import Request, find_metric
from klynge.metrics.search import search
from klynge.metrics.tables import added_over, headings, make_table
from klynge.words import BASES

app = typer.Typer(help="List, describe and export the declared metrics.", no_args_is_help=True)

app.command()(export)

#: Words for units in headings; a unit without a word is shown as its code.
_UNITS = {
    "kr": message("kr."),
    "mio_kr": message("million kr."),
    "percent": message("per cent"),
    "number": message("number"),
    "full_time_equivalent": message("full-time equivalents"),
}
_RELEASE = typer.Option(help="A release id or its first characters; default: the current one.")


def metric(
    name: Annotated[
        str, typer.Argument(help="A metric's name or label; `klynge metrics list` shows them.")
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(help="A dimension to group by, such as period; several with commas."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="DIMENSION=VALUE: only rows with the value; several values with commas. "
            "Repeat it for another dimension."
        ),
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="Only figures of this basis: published, reported or sample.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.table,
    release: Annotated[str | None, _RELEASE] = None,
) -> None:
    """Ask for a metric, such as `klynge metric money_consumed --by period`.

    A question without a meaningful answer is refused; the message says what to ask instead.
    """
    opened = open_release(release)
    request = Request(name, _split(by), _read_filters(where), basis)
    answer = opened.ask(request)
    language = current_language()
    if output is Format.table:
        _show_title(answer)
        table = make_table(answer, language, codes=False)
        show(table.rename_columns(headings(answer, table, language)), output)
    else:
        show(make_table(answer, language), output)
    for note in _notes(answer):
        errors.print(note, style="yellow", soft_wrap=True)


@app.command("list")
def list_(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words to search for, in Danish or English, such as tilskud."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.table,
    release: Annotated[str | None, _RELEASE] = None,
) -> None:
    """List the metrics, or only the metrics with all of the given words."""
    catalogue = open_release(release).catalogue
    language = current_language()
    found = search(catalogue, words or [])
    if output is not Format.table:
        show(
            pa.Table.from_pylist(
                [_describe(one, list(catalogue.dimensions(one))) for one in found]
            ),
            output,
        )
        return
    show_table(
        (message("metric"), message("label"), message("unit"), message("by")),
        [
            (
                one.name,
                one.label(language),
                _UNITS.get(one.unit, one.unit),
                ", ".join(catalogue.dimensions(one)),
            )
            for one in found
        ],
    )
    console.print(counted("{count:,} metric", "{count:,} metrics", len(found)), style="dim")


@app.command("show")
def show_metric(
    name: Annotated[str, typer.Argument(help="A metric's name or label.")],
    release: Annotated[str | None, _RELEASE] = None,
) -> None:
    """Describe a metric: its figures, its computation and its dimensions."""
    catalogue = open_release(release).catalogue
    language = current_language()
    found = find_metric(catalogue, name)
    console.print(found.label(language), style="bold")
    print_indented(found.description(language))
    show_facts(
        (message("name"), found.name),
        (message("unit"), _UNITS.get(found.unit, found.unit)),
        (message("of"), found.population(language)),
        (message("from"), message("{names}", names=_source(found))),
        (message("by"), ", ".join(catalogue.dimensions(found))),
    )


def _source(found: Metric) -> list[str]:
    return list(found.operands) or [f"{found.table}: {found.value}"]


def _describe(found: Metric, dimensions: list[str]) -> dict[str, str]:
    return {
        "metric": found.name,
        "kind": found.kind,
        "label_da": found.label_da,
        "label_en": found.label_en,
        "unit": found.unit,
        "description_da": found.description_da,
        "description_en": found.description_en,
        "population_da": found.population_da,
        "population_en": found.population_en,
        "by": ", ".join(dimensions),
        "operands": ", ".join(found.operands),
    }


def _split(given: list[str] | None) -> list[str]:
    return [name.strip() for one in given or [] for name in one.split(",") if name.strip()]


def _read_filters(given: list[str] | None) -> dict[str, list[str]]:
    """Filters as ``DIMENSION=VALUE,VALUE``; a dimension may be given several times."""
    filters: dict[str, list[str]] = {}
    for one in given or []:
        dimension, equals, values = one.partition("=")
        if not equals or not values.strip():
            raise InputError(
                message("--where {given!r}: write DIMENSION=VALUE, such as period=2023", given=one)
            )
        filters.setdefault(dimension.strip(), []).extend(_split([values]))
    return filters


def _show_title(answer: Answer) -> None:
    found, language = answer.metric, current_language()
    unit = _UNITS.get(found.unit, found.unit)
    console.print(message("{label}, {unit}", label=found.label(language), unit=unit), style="bold")
    console.print(found.population(language), style="dim", soft_wrap=True)


def _notes(answer: Answer) -> list[Message]:
    """Print notes on an answer: sample data, missing reporters, and rows that must not be added."""
    notes = []
    if not answer.rows:
        notes.append(message("note: no figure fits the question"))
    if "sample" in answer.bases:
        notes.append(message("note: the answer is computed from sample data, which are invented"))
    lacking = [row for row in answer.rows if row.reporters and row.reporters[0] < row.reporters[1]]
    for reporters_in, due in sorted({row.reporters for row in lacking if row.reporters}):
        notes.append(
            message("note: {count} of {due} reporters have reported", count=reporters_in, due=due)
        )
    if any(row.is_withheld for row in answer.rows):
        notes.append(message("note: figures about few companies are withheld"))
    if len(answer.rows) > 1:
        over = [name for name in answer.question.by if name in added_over(answer)]
        kept = [name for name in answer.question.by if name not in over]
        if kept:
            notes.append(message("note: do not add the rows over {names}", names=kept))
    if answer.bases:
        notes.append(message("basis: {names}", names=[BASES.get(b, b) for b in answer.bases]))
    return notes
