"""A traced figure as text: the figure, how sure it is, the way there, and where it came from."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.tree import Tree

from cli.output import console, show_table
from klynge.tracing.report import GOOD, MEANING, Considered, Report, plain
from klynge.tracing.sources import Source
from klynge.tracing.steps import Step, stored_reads

#: Of what is no print and no submission: how many rows, and columns of each, stand on a line.
_TABLES, _COLUMNS = 3, 2
#: How many clauses are listed that considered other rows, and how many views on a way.
_CLAUSES, _WAY = 8, 3


def show_report(report: Report, *, sql: bool = False) -> None:
    """Print a report; with ``sql`` each model's compiled SQL, too."""
    _show_figure(report)
    console.print()
    by_name = {step.table: step for step in report.steps}
    root = report.steps[0]
    tree = Tree(_line(root))
    _grow(tree, by_name, root, set())
    console.print(tree)
    console.print()
    for source in report.sources:
        _show_source(source)
    if report.proof.considered:
        _show_considered(report.proof.considered)
    for step in report.steps:
        if step.shown:
            console.print(f"\n{step.table}, {len(step.shown)} of {step.rows:,} rows", style="bold")
            show_table(list(step.shown[0]), [list(row.values()) for row in step.shown])
    for step in report.steps if sql else ():
        if step.sql is not None:
            console.print(f"\n{step.table}  {step.file or ''}", style="bold", soft_wrap=True)
            console.print(step.sql, soft_wrap=True)


def _show_figure(report: Report) -> None:
    figure, proof, release = report.figure, report.proof, report.release
    console.print(
        f"{figure.label_en}: {figure.text or 'no value'} {figure.unit or ''}",
        style="bold",
        soft_wrap=True,
    )
    if figure.about:
        _say(", ".join(figure.about))
    if figure.printed:
        _say("printed in {file} line {line}: {printed_text}".format(**figure.printed))
    _say(f"{figure.table}.{figure.column}")
    _say(" ".join(f"{name}={plain(value)}" for name, value in figure.key.items()))
    good = proof.status in GOOD
    console.print(
        f"{proof.status.upper()}, from {report.raw_rows:,} rows that came in: "
        f"{MEANING[proof.status]}",
        style="green" if good else "red",
        soft_wrap=True,
    )
    for reason in proof.reasons:
        _say(reason, style="yellow" if good else "red")
    _say(
        f"release {release['release_id']}"
        + (f", of what was known at {release['as_of']}" if release["as_of"] else "")
        + f", commit {release['commit'][:12]}{'' if release['clean'] else ' with changes'}"
        + ("; its database was made again for this trace" if release["database_rebuilt"] else "")
        + ("; it holds sample data, which are invented" if release["contains_sample"] else "")
    )


def _show_considered(considered: Sequence[Considered]) -> None:
    console.print("\nno part of these rows, but considered:")
    for one in considered[:_CLAUSES]:
        largest = sorted(one.rows.items(), key=lambda table: -table[1])
        said = ", ".join(f"{rows:,} of {table}" for table, rows in largest[:_TABLES])
        more = f" and {len(largest) - _TABLES} tables more" if len(largest) > _TABLES else ""
        _say(f"{one.kind} in {one.model}, {one.clause}: {said}{more}")
    if len(considered) > _CLAUSES:
        _say(f"… {len(considered)} clauses in all; json and html have them")


def _grow(tree: Tree, by_name: Mapping[str, Step], step: Step, seen: set[str]) -> None:
    seen.add(step.table)
    for read, through in stored_reads(by_name, step):
        by_way = f", by way of {_way([one.partition('.')[2] for one in through])}"
        again = read.table in seen and bool(read.reads)
        line = _line(read) + (by_way if through else "") + (", as above" if again else "")
        branch = tree.add(line)
        if not again:
            _grow(branch, by_name, read, seen)


def _way(names: list[str]) -> str:
    few = names if len(names) <= _WAY else [names[0], f"{len(names) - 2} more", names[-1]]
    return ", ".join(few)


def _line(step: Step) -> str:
    rows = "" if step.rows is None else f"  {step.rows:,} of {step.of:,} rows"
    failed = sum(not check.passed for check in step.checks)
    count = len(step.checks)
    checks = f", {count} {'check' if count == 1 else 'checks'} passed" if count else ""
    if failed:
        checks = f", {failed} of {count} checks FAILED"
    return f"{step.table}{rows}{checks}"


def _show_source(source: Source) -> None:
    rows = f"{source.rows:,} {'row' if source.rows == 1 else 'rows'}"
    about, places = source.about, source.places
    left = source.rows - len(places)
    more = f", … and {left:,} more" if left else ""
    if source.kind in ("print", "submission"):
        console.print(f"{source.file}  {rows} of {source.table}", style="bold", soft_wrap=True)
        _say(f"sha256 {source.sha256}", style="dim")
    if source.kind == "print":
        _say(f"{about['title']} ({about['publisher']}, {about['published']})")
        _say(f"load {about['load_id']}, accepted by {about['accepted_by']}")
        for place in places:
            line = f"line {place['line']}" if place["line"] is not None else place["source_row_key"]
            _say(f"{line}: {place['printed_text']}")
        if more:
            _say(more.removeprefix(", "))
    elif source.kind == "submission":
        correction = f", correction {about['correction_no']}" if about["correction_no"] else ""
        _say(
            f"load {about['load_id']} from {about['reporter']} for {about['period']}{correction} "
            f"({about['basis']}), received {plain(about['received_at'])}"
        )
        _say(f"accepted by {about['accepted_by']}: {about['accepted_because']}")
        _say(f"rows {', '.join(str(place['row']) for place in places)}{more}")
    else:
        left = source.rows - len(places[:_TABLES])
        more = f", … and {left:,} more" if left else ""
        said = "; ".join(_first(place) for place in places[:_TABLES])
        console.print(f"{source.file}  {rows}: {said}{more}", soft_wrap=True)


def _first(row: Mapping[str, Any]) -> str:
    filled = [f"{name}={plain(value)}" for name, value in row.items() if value not in (None, "")]
    return " ".join(filled[:_COLUMNS])


def _say(text: str, style: str | None = None) -> None:
    console.print(f"  {text}", style=style, soft_wrap=True)
