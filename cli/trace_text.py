"""A traced figure as text: the value, the proof, the steps, and the source rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.tree import Tree

from cli.output import console, print_indented, show_table
from klynge.lineage import Considered
from klynge.messages import Message, counted, label, message, shown
from klynge.tracing.facts import describe_release, describe_value, in_both
from klynge.tracing.renderings import format_key
from klynge.tracing.report import KINDS_OF_CLAUSES, CheckedStep, LabelledFigure, Report, Source
from klynge.words import BASES

#: How many reference rows are on a line, and how many columns of each row.
_ROWS, _COLUMNS = 3, 2
#: How many clauses are listed under "not used", how many tables per clause, and how many views
#: on a path.
_CLAUSES, _TABLES, _VIEWS = 8, 3, 3


def show_report(report: Report, *, sql: bool = False) -> None:
    """Print a report; with ``sql``, also print the compiled SQL of each model."""
    _show_figure(report.figure)
    _show_proof(report)
    console.print()
    tree = Tree(str(shown(_step_line(report.steps[0]))))
    _grow(tree, report, report.steps[0], set())
    console.print(tree)
    console.print()
    for source in report.sources:
        _show_source(source)
    _show_considered(report.proof.considered)
    for step in report.steps:
        _show_rows(step)
    for step in report.steps if sql else ():
        if step.sql is not None:
            console.print(f"\n{step.table}  {step.file or ''}", style="bold", soft_wrap=True)
            console.print(step.sql, soft_wrap=True)


def _show_figure(figure: LabelledFigure) -> None:
    name = label(figure.label_en, figure.label_da)
    value, unit = describe_value(figure), figure.unit or ""
    said = message("{name}: {value} {unit}", name=name, value=value, unit=unit)
    console.print(said, style="bold", soft_wrap=True)
    if figure.about:
        print_indented(message("{names}", names=figure.about))
    if figure.printed:
        print_indented(message("printed in {file} line {line}: {printed_text}", **figure.printed))
    print_indented(f"{figure.table}.{figure.column}")
    print_indented(format_key(figure.key))


def _show_proof(report: Report) -> None:
    gaps = report.gaps
    good = "yellow" if gaps else "green"
    console.print(
        message("{verdict}: {meaning}.", verdict=report.verdict, meaning=report.meaning),
        style=good if report.is_good else "red",
        soft_wrap=True,
    )
    for gap in gaps:
        print_indented(gap, style="yellow")
    for reason in report.proof.reasons:
        print_indented(reason, style="yellow" if report.is_good else "red")
    print_indented(describe_release(report.release))


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
            more=message(" and of {count} more tables", count=more) if more > 0 else "",
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
        said = message(
            "{table}, {shown} of {rows:,} rows",
            table=step.table,
            shown=len(step.shown),
            rows=step.rows,
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
        rows = message("  {rows:,} of {of:,} rows", rows=step.rows, of=step.of)
    return message("{table}{rows}{checks}", table=step.table, rows=rows, checks=_checks(step))


def _checks(step: CheckedStep) -> str:
    count = len(step.checks)
    failed = sum(not check.passed for check in step.checks)
    if failed:
        return message(", {failed} of {count} checks FAILED", failed=failed, count=count)
    return counted(", {count} check passed", ", {count} checks passed", count) if count else ""


def _show_source(source: Source) -> None:
    if source.kind not in ("print", "submission"):
        said = counted(
            "{file}  {count:,} row: {rows}{more}",
            "{file}  {count:,} rows: {rows}{more}",
            source.rows,
            file=source.file,
            rows="; ".join(_first_columns(place) for place in source.places[:_ROWS]),
            more=_more(source, min(len(source.places), _ROWS)),
        )
        console.print(said, soft_wrap=True)
        return
    said = counted(
        "{file}  {count:,} row of {table}",
        "{file}  {count:,} rows of {table}",
        source.rows,
        file=source.file,
        table=source.table,
    )
    console.print(said, style="bold", soft_wrap=True)
    print_indented(message("sha256 {digest}", digest=source.sha256), style="dim")
    if source.kind == "print":
        _show_document(source)
    else:
        _show_submission(source)


def _show_document(source: Source) -> None:
    about = source.about
    print_indented(f"{about['title']} ({about['publisher']}, {about['published']})")
    said = message(
        "load {load_id}, accepted by {role}",
        load_id=about["load_id"],
        role=in_both(about["accepted_by"]),
    )
    print_indented(said)
    for place in source.places:
        line = place["source_row_key"]
        if place["line"] is not None:
            line = message("line {line}", line=place["line"])
        print_indented(message("{line}: {text}", line=line, text=place["printed_text"]))
    if more := source.rows - len(source.places):
        print_indented(message("… and {more:,} more", more=more))


def _show_submission(source: Source) -> None:
    about = source.about
    number = about["correction_no"]
    said = message(
        "load {load_id} from {reporter} for {period}{correction} ({basis}), received {time}",
        load_id=about["load_id"],
        reporter=about["reporter"],
        period=about["period"],
        correction=message(", correction {number}", number=number) if number else "",
        basis=BASES.get(about["basis"], about["basis"]),
        time=about["received_at"],
    )
    print_indented(said)
    because = about["accepted_because"] or ""
    accepted = message(
        "accepted by {role}: {reason}",
        role=in_both(about["accepted_by"]),
        reason=in_both(because),
    )
    print_indented(accepted)
    said = message(
        "rows {rows}{more} (without the heading)",
        rows=[str(place["row"]) for place in source.places],
        more=_more(source, len(source.places)),
    )
    print_indented(said)


def _more(source: Source, count: int) -> str:
    more = source.rows - count
    return message(", … and {more:,} more", more=more) if more > 0 else ""


def _first_columns(row: Mapping[str, Any]) -> str:
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    return format_key(dict(list(filled.items())[:_COLUMNS]))
