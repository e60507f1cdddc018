"""Show a traced figure as text, with its source rows, its caveats and its computation."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.tree import Tree

from cli.output import console, print_indented, show_table
from klynge.intake.dataset_names import name_with_id
from klynge.lineage import Considered
from klynge.messages import Message, counted, label, message, shown
from klynge.tracing.facts import describe_release, describe_value, in_both
from klynge.tracing.renderings import format_key
from klynge.tracing.report import KINDS_OF_CLAUSES, CheckedStep, Report, Source
from klynge.tracing.summary import (
    describe_caveats,
    describe_computation,
    describe_figure,
    describe_other_sources,
    describe_places,
    describe_proof,
)
from klynge.words import BASES

#: A line shows this many reference rows, and this many columns of each row. The number of rows that
#: are shown of each file is ``SHOWN`` in ``cli/trace.py``.
_REFERENCE_ROWS, _REFERENCE_COLUMNS = 3, 2
#: At most this many clauses are listed under "not used", this many tables for each clause, and this
#: many views on a path.
_CLAUSES, _TABLES, _VIEWS = 8, 3, 3


def show_report(report: Report, *, steps: bool = False, sql: bool = False) -> None:
    """Print a report, for a reader who knows no SQL.

    With ``steps``, also print every table between the figure and its source rows. With ``sql``,
    also print the compiled SQL of each model.
    """
    _show_figure(report)
    _show_proof(report)
    _show_heading(message("Rows that the figure comes from"))
    for source in report.main_sources:
        _show_source(source)
    if caveats := describe_caveats(report):
        _show_heading(message("What to know before using the figure"))
        for caveat in caveats:
            print_indented(caveat, style="yellow")
    _show_heading(message("How the figure is computed (for technicians)"))
    _show_computation(report, steps=steps)
    if steps:
        _show_steps(report)
    for step in report.steps:
        _show_rows(step)
    for step in report.steps if sql else ():
        if step.sql is not None:
            console.print(f"\n{step.table}  {step.file or ''}", style="bold", soft_wrap=True)
            console.print(step.sql, soft_wrap=True)


def _show_heading(text: Message) -> None:
    console.print()
    console.print(text, style="bold")


def _show_figure(report: Report) -> None:
    figure = report.figure
    name = label(figure.label_en, figure.label_da)
    value, unit = describe_value(figure), figure.unit or ""
    said = message("{name}: {value} {unit}", name=name, value=value, unit=unit)
    console.print(said, style="bold", soft_wrap=True)
    if figure.about:
        print_indented(message("{names}", names=figure.about))
    if figure.printed:
        print_indented(message("printed in {file} line {line}: {printed_text}", **figure.printed))
    for title, content in describe_figure(report):
        print_indented(message("{title}: {content}", title=title, content=content))
    print_indented(describe_release(report.release))


def _show_proof(report: Report) -> None:
    good = "yellow" if report.gaps else "green"
    style = good if report.is_good else "red"
    console.print(
        message("{verdict}: {meaning}.", verdict=report.verdict, meaning=report.meaning),
        style=style,
        soft_wrap=True,
    )
    print_indented(describe_proof(report), style=style)
    if not report.is_good:
        _show_reasons(report)


def _show_reasons(report: Report) -> None:
    for reason in report.proof.reasons:
        print_indented(reason, style="yellow" if report.is_good else "red")


def _show_computation(report: Report, *, steps: bool) -> None:
    figure = report.figure
    print_indented(f"{figure.table}.{figure.column}  {format_key(figure.key)}")
    for said in describe_computation(report):
        print_indented(said)
    if others := describe_other_sources(report):
        print_indented(others)
    if report.is_good:
        _show_reasons(report)
    if not steps:
        print_indented(message("with --steps, every table and condition is listed"), style="dim")


def _show_steps(report: Report) -> None:
    console.print()
    tree = Tree(str(shown(_step_line(report.steps[0]))))
    _grow(tree, report, report.steps[0], set())
    console.print(tree)
    console.print()
    for source in report.other_sources:
        _show_other_source(source)
    _show_considered(report.proof.considered)


def _show_considered(considered: Sequence[Considered]) -> None:
    if considered:
        console.print()
        console.print(message("Not used, but could have changed the result:"))
    for one in considered[:_CLAUSES]:
        largest = sorted(one.rows.items(), key=lambda table: -table[1])
        counts = [
            message("{rows:,} of {table}", rows=rows, table=table)
            for table, rows in largest[:_TABLES]
        ]
        more = len(largest) - _TABLES
        said = message(
            "{kind} in {model}, {clause}: {counts}{more}",
            kind=KINDS_OF_CLAUSES.get(one.kind, one.kind),
            model=one.model,
            clause=one.clause,
            counts=counts,
            more=counted(" and of {count} more table", " and of {count} more tables", more)
            if more > 0
            else "",
        )
        print_indented(said)
    if len(considered) > _CLAUSES:
        print_indented(
            message(
                "… {count} clauses in total; --format json and html list all of them",
                count=len(considered),
            )
        )


def _show_rows(step: CheckedStep) -> None:
    if step.shown:
        console.print()
        said = counted(
            "{table}, {shown} of {count:,} row",
            "{table}, {shown} of {count:,} rows",
            step.rows or 0,
            table=step.table,
            shown=len(step.shown),
        )
        console.print(said, style="bold")
        show_table(list(step.shown[0]), [list(row.values()) for row in step.shown])


def _grow(tree: Tree, report: Report, step: CheckedStep, seen: set[str]) -> None:
    seen.add(step.table)
    for read, through in report.stored_reads(step):
        path = _path([one.partition(".")[2] for one in through])
        is_repeated = read.table in seen and bool(read.reads)
        branch = tree.add(
            str(
                shown(
                    message(
                        "{step}{path}{above}",
                        step=_step_line(read),
                        path=path,
                        above=message(", as above") if is_repeated else "",
                    )
                )
            )
        )
        if not is_repeated:
            _grow(branch, report, read, seen)


def _path(views: list[str]) -> str:
    if not views:
        return ""
    names: list[str] = views
    if len(views) > _VIEWS:
        names = [views[0], message("{count} more", count=len(views) - 2), views[-1]]
    return message(", through {views}", views=names)


def _step_line(step: CheckedStep) -> Message:
    rows = ""
    if step.rows is not None:
        rows = counted(
            "  {rows:,} of {count:,} row",
            "  {rows:,} of {count:,} rows",
            step.of or 0,
            rows=step.rows,
        )
    return message("{table}{rows}{checks}", table=step.table, rows=rows, checks=_checks(step))


def _checks(step: CheckedStep) -> str:
    count = len(step.checks)
    failed = sum(not check.passed for check in step.checks)
    if failed:
        return counted(
            ", {failed} of {count} check FAILED",
            ", {failed} of {count} checks FAILED",
            count,
            failed=failed,
        )
    return counted(", {count} check passed", ", {count} checks passed", count) if count else ""


def _show_source(source: Source) -> None:
    if source.kind == "print":
        _show_document(source)
    else:
        _show_submission(source)


def _show_other_source(source: Source) -> None:
    if source.kind in ("print", "submission"):
        _show_source(source)
        return
    said = counted(
        "{file}  {count:,} row: {rows}{more}",
        "{file}  {count:,} rows: {rows}{more}",
        source.rows,
        file=source.file,
        rows="; ".join(_first_columns(place) for place in source.places[:_REFERENCE_ROWS]),
        more=_more(source, min(len(source.places), _REFERENCE_ROWS)),
    )
    console.print(said, soft_wrap=True)


def _show_document(source: Source) -> None:
    about = source.about
    said = counted(
        "{title} ({publisher}, {published}): {count:,} line or cell of {file}",
        "{title} ({publisher}, {published}): {count:,} lines or cells of {file}",
        source.rows,
        title=about["title"],
        publisher=about["publisher"],
        published=about["published"],
        file=source.file,
    )
    print_indented(said)
    for place in source.places:
        line = place["source_row_key"]
        if place["line"] is not None:
            line = message("line {line}", line=place["line"])
        said = message("{line}: {text}", line=line, text=place["printed_text"])
        print_indented(said, level=2)
    if more := source.rows - len(source.places):
        print_indented(message("… and {more:,} more", more=more), level=2)
    said = message(
        "load {load_id}, accepted by {role}",
        load_id=about["load_id"],
        role=in_both(about["accepted_by"]),
    )
    _show_provenance(said, source)


def _show_submission(source: Source) -> None:
    about = source.about
    number = about["correction_no"]
    said = counted(
        "{dataset} {period} from {reporter}: {count:,} row of the file {file}",
        "{dataset} {period} from {reporter}: {count:,} rows of the file {file}",
        source.rows,
        dataset=name_with_id(about["dataset"]),
        period=about["period"],
        reporter=about["reporter"],
        file=source.file,
    )
    print_indented(said)
    print_indented(describe_places(source), level=2)
    because = about["accepted_because"] or ""
    said = message(
        "load {load_id}{correction} ({basis}), received {time}, accepted by {role}: {reason}",
        load_id=about["load_id"],
        correction=message(", correction {number}", number=number) if number else "",
        basis=BASES.get(about["basis"], about["basis"]),
        time=about["received_at"],
        role=in_both(about["accepted_by"]),
        reason=in_both(because),
    )
    _show_provenance(said, source)


def _show_provenance(said: Message, source: Source) -> None:
    print_indented(said, style="dim", level=2)
    print_indented(message("sha256 {digest}", digest=source.sha256), style="dim", level=2)


def _more(source: Source, count: int) -> str:
    more = source.rows - count
    return message(", … and {more:,} more", more=more) if more > 0 else ""


def _first_columns(row: Mapping[str, Any]) -> str:
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    return format_key(dict(list(filled.items())[:_REFERENCE_COLUMNS]))
