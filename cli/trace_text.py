"""A traced figure as text: the value, the proof, the steps, and the source rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.tree import Tree

from cli.output import console, print_indented, show_table
from klynge.lineage import Considered
from klynge.messages import shown
from klynge.tracing.renderings import format_key, format_value
from klynge.tracing.report import CheckedStep, LabelledFigure, Report, Source

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
    tree = Tree(_step_line(report.steps[0]))
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
    value = f"{figure.text or 'no value'} {figure.unit or ''}"
    console.print(f"{figure.label_en}: {value}", style="bold", soft_wrap=True)
    if figure.about:
        _print(", ".join(figure.about))
    if figure.printed:
        _print("printed in {file} line {line}: {printed_text}".format(**figure.printed))
    _print(f"{figure.table}.{figure.column}")
    _print(format_key(figure.key))


def _show_proof(report: Report) -> None:
    proof, rows = report.proof, report.source_rows
    meaning = report.meaning
    if proof.status == "proved":
        count = "this 1 source row" if rows == 1 else f"these {rows:,} source rows"
        meaning = meaning.replace("these source rows", count)
    else:
        meaning = f"{meaning} ({rows:,} source {'row' if rows == 1 else 'rows'})"
    gaps = report.gaps
    good = "yellow" if gaps else "green"
    console.print(
        f"{shown(report.verdict)}: {meaning}.",
        style=good if report.is_good else "red",
        soft_wrap=True,
    )
    for gap in gaps:
        print_indented(gap, style="yellow")
    for reason in proof.reasons:
        _print(reason, style="yellow" if report.is_good else "red")
    _print(_release_line(report.release))


def _release_line(release: Mapping[str, Any]) -> str:
    known = f", with the data known at {release['as_of']}" if release["as_of"] else ""
    changes = "" if release["clean"] else " with uncommitted changes"
    commit = f"built by commit {release['commit'][:12]}{changes}"
    parts = [f"release {release['release_id']}{known}, {commit}"]
    if release["database_rebuilt"]:
        parts.append("its database was built again for this trace")
    if release["contains_sample"]:
        parts.append("it contains sample data, which are invented")
    return "; ".join(parts)


def _show_considered(considered: Sequence[Considered]) -> None:
    if considered:
        console.print("\nNot used, but could have changed the result:")
    for one in considered[:_CLAUSES]:
        largest = sorted(one.rows.items(), key=lambda table: -table[1])
        counts = ", ".join(f"{rows:,} of {table}" for table, rows in largest[:_TABLES])
        more = f" and of {len(largest) - _TABLES} more tables" if len(largest) > _TABLES else ""
        _print(f"{one.kind} in {one.model}, {one.clause}: {counts}{more}")
    if len(considered) > _CLAUSES:
        _print(f"… {len(considered)} clauses in total; --format json and html list all of them")


def _show_rows(step: CheckedStep) -> None:
    if step.shown:
        console.print(f"\n{step.table}, {len(step.shown)} of {step.rows:,} rows", style="bold")
        show_table(list(step.shown[0]), [list(row.values()) for row in step.shown])


def _grow(tree: Tree, report: Report, step: CheckedStep, seen: set[str]) -> None:
    seen.add(step.table)
    for read, through in report.stored_reads(step):
        path = _path([one.partition(".")[2] for one in through])
        is_repeated = read.table in seen and bool(read.reads)
        branch = tree.add(_step_line(read) + path + (", as above" if is_repeated else ""))
        if not is_repeated:
            _grow(branch, report, read, seen)


def _path(views: list[str]) -> str:
    if not views:
        return ""
    if len(views) > _VIEWS:
        views = [views[0], f"{len(views) - 2} more", views[-1]]
    return f", through {', '.join(views)}"


def _step_line(step: CheckedStep) -> str:
    rows = "" if step.rows is None else f"  {step.rows:,} of {step.of:,} rows"
    return f"{step.table}{rows}{_checks(step)}"


def _checks(step: CheckedStep) -> str:
    count = len(step.checks)
    failed = sum(not check.passed for check in step.checks)
    if failed:
        return f", {failed} of {count} checks FAILED"
    return f", {count} {'check' if count == 1 else 'checks'} passed" if count else ""


def _show_source(source: Source) -> None:
    rows = f"{source.rows:,} {'row' if source.rows == 1 else 'rows'}"
    if source.kind not in ("print", "submission"):
        listed = "; ".join(_first_columns(place) for place in source.places[:_ROWS])
        more = _more(source, min(len(source.places), _ROWS))
        console.print(f"{source.file}  {rows}: {listed}{more}", soft_wrap=True)
        return
    console.print(f"{source.file}  {rows} of {source.table}", style="bold", soft_wrap=True)
    _print(f"sha256 {source.sha256}", style="dim")
    if source.kind == "print":
        _show_document(source)
    else:
        _show_submission(source)


def _show_document(source: Source) -> None:
    about = source.about
    _print(f"{about['title']} ({about['publisher']}, {about['published']})")
    _print(f"load {about['load_id']}, accepted by {about['accepted_by']}")
    for place in source.places:
        line = f"line {place['line']}" if place["line"] is not None else place["source_row_key"]
        _print(f"{line}: {place['printed_text']}")
    if more := _more(source, len(source.places)):
        _print(more.removeprefix(", "))


def _show_submission(source: Source) -> None:
    about = source.about
    correction = f", correction {about['correction_no']}" if about["correction_no"] else ""
    _print(
        f"load {about['load_id']} from {about['reporter']} for {about['period']}{correction} "
        f"({about['basis']}), received {format_value(about['received_at'])}"
    )
    _print(f"accepted by {about['accepted_by']}: {about['accepted_because']}")
    rows = ", ".join(str(place["row"]) for place in source.places)
    _print(f"rows {rows}{_more(source, len(source.places))}")


def _more(source: Source, listed: int) -> str:
    return f", … and {source.rows - listed:,} more" if source.rows > listed else ""


def _first_columns(row: Mapping[str, Any]) -> str:
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    return format_key(dict(list(filled.items())[:_COLUMNS]))


def _print(text: str, style: str | None = None) -> None:
    console.print(f"  {text}", style=style, soft_wrap=True)
