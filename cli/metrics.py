"""``klynge metric`` and ``klynge metrics``: ask for a metric, and list the metrics."""

from typing import Annotated

import pyarrow as pa
import typer

from cli.answer_table import show_answer
from cli.metrics_export import export
from cli.output import (
    Format,
    console,
    errors,
    print_indented,
    show,
    show_facts,
    show_table,
    with_thousands,
)
from cli.query import (
    FormatOption,
    OutOption,
    QueryFormat,
    ReleaseOption,
    file_format_of,
    format_of,
    show_rows,
)
from klynge import open_release
from klynge.errors import InputError
from klynge.exports.answers import Answer as ExportedAnswer
from klynge.exports.answers import public_tables
from klynge.exports.files import write_answer
from klynge.messages import Language, Message, counted, current_language, message, one_of, shown
from klynge.metrics.answers import Answer
from klynge.metrics.declarations import BASIS, ORGANISATION, PERIOD, Metric
from klynge.metrics.notes import describe_notes
from klynge.metrics.questions import find_metric
from klynge.metrics.requests import Request, as_command
from klynge.metrics.scope import describe_scope
from klynge.metrics.tables import added_over, headings, make_table
from klynge.metrics.traces import trace_pattern
from klynge.metrics.words import find_by_most_words, find_by_words
from klynge.releases.coverage import why_empty
from klynge.releases.descriptions import ColumnDescription, TableDescription, read_descriptions
from klynge.releases.reading import Release
from klynge.releases.sample_rows import describe_sample_answer
from klynge.releases.table_search import find_tables
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


def metric(
    name: Annotated[
        str, typer.Argument(help="A metric's name or label; `klynge metrics list` shows them.")
    ],
    by: Annotated[
        list[str] | None,
        typer.Option(help="A dimension to group by, such as period; separate several with commas."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            help="DIMENSION=VALUE chooses the rows with this value; separate several values with "
            "commas. Repeat the option for another dimension."
        ),
    ] = None,
    basis: Annotated[
        str | None, typer.Option(help="Only figures of this basis: published, reported or sample.")
    ] = None,
    output: FormatOption = None,
    out: OutOption = None,
    release: ReleaseOption = None,
) -> None:
    """Ask for a metric, such as `klynge metric money_consumed --by period`.

    A question without a meaningful answer is refused; the message says what to ask instead.
    """
    chosen = output or format_of(out)
    file_format = file_format_of(chosen, out)
    opened = open_release(release)
    answer = opened.ask(Request(name, split_names(by), read_filters(where), basis))
    language = current_language()
    if chosen is QueryFormat.table:
        _show_title(answer)
        table = make_table(answer, language, codes=False)
        show_answer(table.rename_columns(headings(answer, table, language)), 0, with_thousands)
    else:
        # a person reads a workbook and a Danish CSV file; other formats are for programs
        for_person = chosen in (QueryFormat.xlsx, QueryFormat.danish_csv)
        table = (
            make_table(answer, Language.da, codes=False)
            if for_person
            else make_table(answer, language)
        )
        rows = ExportedAnswer(
            opened,
            table,
            sql=answer.compiled.sql,
            tables={answer.metric.name: _describe_columns(answer)},
            is_metric=True,
            notes=[*describe_scope(answer)[1:], *_notes(answer)],
        )
        if out is not None and file_format is not None:
            write_answer(rows, file_format, out)
            console.print(str(out), soft_wrap=True)
        else:
            show_rows(rows, chosen, 0)
    empty = None if answer.rows else why_empty(opened, answer.tables)
    for note in ([empty] if empty else []) + _notes(answer):
        errors.print(note, style="yellow", soft_wrap=True)


def _describe_columns(answer: Answer) -> TableDescription:
    """Describe a metric, and the headings and units of its answer's columns, for files."""
    table = make_table(answer, Language.en)
    danish, english = (headings(answer, table, language) for language in Language)
    units = {one.name: one.unit for one in (answer.metric, *answer.operands)}
    return TableDescription(
        answer.metric.name,
        answer.metric.description(Language.en),
        answer.metric.description(Language.da),
        label_da=answer.metric.label(Language.da),
        label_en=answer.metric.label(Language.en),
        columns={
            name: ColumnDescription(label_da, label_en, units.get(name, ""))
            for name, label_da, label_en in zip(table.column_names, danish, english, strict=True)
        },
    )


@app.command("list")
def list_(
    words: Annotated[
        list[str] | None,
        typer.Argument(help="Words to search for, in Danish or English, such as tilskud."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.table,
    release: ReleaseOption = None,
) -> None:
    """List the metrics, or only the metrics with all of the given words, in any inflection.

    If no metric has all of the words, the metrics with most of them are listed.
    """
    opened = open_release(release)
    catalogue = opened.catalogue
    language = current_language()
    found = find_by_words(catalogue, words or [])
    has_all = bool(found)
    found = found or find_by_most_words(catalogue, words or [])
    if output is not Format.table:
        show(
            pa.Table.from_pylist(
                [_describe(one, list(catalogue.dimensions(one))) for one in found]
            ),
            output,
        )
        return
    show_table(
        (message("metric"), message("label"), message("unit")),
        [
            (
                one.name,
                one.label(language),
                _UNITS.get(one.unit, one.unit),
            )
            for one in found
        ],
    )
    console.print(counted("{count:,} metric", "{count:,} metrics", len(found)), style="dim")
    if not found:
        errors.print(_suggest_tables(opened, words or []), style="yellow", soft_wrap=True)
    elif not has_all:
        said = message("no metric has all of these words; these have most of them")
        errors.print(said, style="yellow", soft_wrap=True)


def _suggest_tables(release: Release, words: list[str]) -> Message:
    """Name the tables that have the words which no metric has."""
    public = {*public_tables(release)}
    tables = [t for name, t in read_descriptions(release.path).items() if name in public]
    if near := find_tables(tables, words):
        return message(
            "no metric has these words, but these tables do: {tables}; see them with "
            '`klynge query "from {first}"`',
            tables=[table.name for table in near],
            first=near[0].name,
        )
    return message(
        "no metric has these words: `klynge metrics list` without words lists all metrics, and "
        "the data dictionary, docs/dictionary.html in the release, searches all columns"
    )


@app.command("show")
def show_metric(
    name: Annotated[str, typer.Argument(help="A metric's name or label.")],
    release: ReleaseOption = None,
) -> None:
    """Describe a metric: its figures, its computation and its dimensions."""
    catalogue = open_release(release).catalogue
    language = current_language()
    found = find_metric(catalogue, name)
    pattern = trace_pattern(catalogue, found)
    console.print(found.label(language), style="bold")
    print_indented(found.description(language))
    show_facts(
        (message("name"), found.name),
        (message("unit"), _UNITS.get(found.unit, found.unit)),
        (message("of"), found.population(language)),
        (message("from"), message("{names}", names=_source(found))),
        (message("by"), ", ".join(catalogue.dimensions(found))),
        *([(message("source rows"), pattern)] if pattern else []),
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


def split_names(given: list[str] | None) -> list[str]:
    return [name.strip() for one in given or [] for name in one.split(",") if name.strip()]


def read_filters(given: list[str] | None) -> dict[str, list[str]]:
    """Read filters such as ``period=2022,2023``; a dimension may be given several times."""
    filters: dict[str, list[str]] = {}
    for one in given or []:
        dimension, equals, values = one.partition("=")
        if not equals or not values.strip():
            raise InputError(
                message("--where {given!r}: write DIMENSION=VALUE, such as period=2023", given=one)
            )
        filters.setdefault(dimension.strip(), []).extend(split_names([values]))
    return filters


def _show_title(answer: Answer) -> None:
    found, language = answer.metric, current_language()
    unit = _UNITS.get(found.unit, found.unit)
    console.print(message("{label}, {unit}", label=found.label(language), unit=unit), style="bold")
    for line in describe_scope(answer):
        console.print(shown(line, language), style="dim", soft_wrap=True)


def _notes_on_refused_rows(answer: Answer) -> list[Message]:
    count, amount = answer.refused
    if not count:
        return []
    if amount is None:
        note = counted(
            "note: {count:,} row of the files behind the answer was refused and is not in it",
            "note: {count:,} rows of the files behind the answer were refused and are not in it",
            count,
        )
    else:
        note = counted(
            "note: {count:,} row of the files behind the answer was refused and is not in it; the "
            "amount on refused rows is {amount:,.2f} kr., as far as it can be read",
            "note: {count:,} rows of the files behind the answer were refused and are not in it; "
            "the amount on refused rows is {amount:,.2f} kr., as far as it can be read",
            count,
            amount=amount,
        )
    if {*answer.question.by} <= {ORGANISATION, PERIOD, BASIS}:
        return [note]
    same = message(
        "note: the column Rows refused counts all refused rows of a row's files, so rows from the "
        "same files show the same number"
    )
    return [note, same]


def _notes_on_no_rows(answer: Answer) -> list[Message]:
    if answer.metric.report:
        said = message(
            "note: only submitted files can give this figure, and the release has no files that fit"
        )
    else:
        said = message("note: no figure fits the question")
    if not answer.instead:
        return [said]
    asked = one_of([f"`{as_command(one)}`" for one in answer.instead])
    return [said, message("note: ask {questions}", questions=asked)]


def _notes(answer: Answer) -> list[Message]:
    """Notes on an answer, for example about missing reporters or rows that must not be added."""
    notes = _notes_on_no_rows(answer) if not answer.rows else []
    if note := describe_sample_answer(answer.bases):
        notes.append(note)
    for reporters_in, due in answer.reporters:
        notes.append(
            message("note: {count} of {due} reporters have reported", count=reporters_in, due=due)
        )
    notes += _notes_on_refused_rows(answer)
    if any(row.is_withheld for row in answer.rows):
        notes.append(message("note: figures about few companies are withheld"))
    notes += describe_notes(answer)
    if len(answer.rows) > 1:
        over = [name for name in answer.question.by if name in added_over(answer)]
        kept = [name for name in answer.question.by if name not in over]
        if kept:
            notes.append(message("note: do not add the rows over {names}", names=kept))
    if answer.trace:
        notes.append(
            message(
                "the source rows of a figure in the first row: `{command}`", command=answer.trace
            )
        )
    if answer.bases:
        notes.append(message("basis: {names}", names=[BASES.get(b, b) for b in answer.bases]))
    return notes
