"""A traced figure as text: the figure, how sure it is, the way there, and where it came from."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.tree import Tree

from cli.output import console, show_table
from klynge.lineage.report import GOOD, MEANING, Report, plain
from klynge.lineage.sources import Source
from klynge.lineage.steps import Step, stored_reads

#: How many row numbers, and columns of a reference row, stand on a line.
_NUMBERS, _COLUMNS = 12, 4


def show_report(report: Report, *, sql: bool = False) -> None:
    """Print a report; with ``sql`` each model's compiled SQL, too."""
    _show_figure(report)
    console.print()
    by_name = {step.table: step for step in report.steps}
    console.print(_tree(by_name, report.steps[0], set()))
    console.print()
    for source in report.sources:
        _show_source(source)
    if report.certificate.considered:
        console.print("decided by what is not there (no part of the rows above)")
        for one in report.certificate.considered:
            console.print(f"  {one}", soft_wrap=True)
    for step in report.steps:
        if step.shown:
            console.print(f"\n{step.table}, {len(step.shown)} of {step.rows:,} rows", style="bold")
            names = list(step.shown[0])
            show_table(names, [list(row.values()) for row in step.shown])
    for step in report.steps if sql else ():
        if step.sql is not None:
            console.print(f"\n{step.table}  {step.file or ''}", style="bold", soft_wrap=True)
            console.print(step.sql, soft_wrap=True)


def _show_figure(report: Report) -> None:
    figure, certificate, release = report.figure, report.certificate, report.release
    console.print(
        f"{figure.label_en}: {figure.text or 'no value'} {figure.unit or ''}",
        style="bold",
        soft_wrap=True,
    )
    console.print(f"  {figure.table}.{figure.column}", soft_wrap=True)
    console.print(f"  {_said(figure.key)}", soft_wrap=True)
    good = certificate.status in GOOD
    console.print(
        f"{certificate.status.upper()} from {report.raw_rows:,} rows that came in: "
        f"{MEANING[certificate.status]}",
        style="green" if good else "red",
        soft_wrap=True,
    )
    for reason in certificate.reasons:
        console.print(f"  {reason}", style="yellow" if good else "red", soft_wrap=True)
    console.print(
        f"  release {release['release_id']}"
        + (f", of what was known at {release['as_of']}" if release["as_of"] else "")
        + f", commit {release['commit'][:12]}{'' if release['clean'] else ' with changes'}"
        + ("; its database was made again for this trace" if release["database_rebuilt"] else "")
        + ("; it holds sample data, which are invented" if release["contains_sample"] else ""),
        soft_wrap=True,
    )


def _tree(by_name: Mapping[str, Step], step: Step, seen: set[str]) -> Tree:
    made = Tree(_line(step))
    _grow(made, by_name, step, seen)
    return made


def _grow(tree: Tree, by_name: Mapping[str, Step], step: Step, seen: set[str]) -> None:
    seen.add(step.table)
    for read, through in stored_reads(by_name, step):
        by_way = f"  (by way of {', '.join(_short(one) for one in through)})" if through else ""
        again = read.table in seen and read.reads
        branch = tree.add(_line(read) + by_way + ("  as above" if again else ""))
        if not again:
            _grow(branch, by_name, read, seen)


def _line(step: Step) -> str:
    passed = sum(check.passed for check in step.checks)
    checks = f", {passed} of {len(step.checks)} checks passed" if step.checks else ""
    return f"{step.table}  {step.rows:,} of {step.of:,} rows{checks}"


def _short(table: str) -> str:
    return table.partition(".")[2]


def _show_source(source: Source) -> None:
    rows = "row" if source.rows == 1 else "rows"
    console.print(f"{source.file}  {source.rows:,} {rows} of {source.table}", style="bold")
    about = source.about
    if source.kind == "print":
        console.print(f"  {about['title']} ({about['publisher']}, {about['published']})")
        for place in source.places:
            line = f"line {place['line']}" if place["line"] is not None else place["source_row_key"]
            console.print(f"  {line}: {place['printed_text']}", soft_wrap=True)
    elif source.kind == "submission":
        correction = f", correction {about['correction_no']}" if about["correction_no"] else ""
        console.print(
            f"  load {about['load_id']} from {about['reporter']} for {about['period']}{correction}"
            f" ({about['basis']}), received {plain(about['received_at'])}",
            soft_wrap=True,
        )
        console.print(
            f"  accepted by {about['accepted_by']}: {about['accepted_because']}", soft_wrap=True
        )
        numbers = ", ".join(str(place["row"]) for place in source.places[:_NUMBERS])
        more = ", …" if source.rows > min(len(source.places), _NUMBERS) else ""
        console.print(f"  {rows} {numbers}{more}", soft_wrap=True)
    else:
        for place in source.places:
            console.print(f"  {_first(place)}", soft_wrap=True)
    if source.rows > len(source.places) and source.kind != "submission":
        console.print(f"  … and {source.rows - len(source.places):,} more")
    if source.sha256:
        console.print(f"  sha256 {source.sha256}", style="dim", soft_wrap=True)


def _said(key: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={plain(value)}" for name, value in key.items())


def _first(row: Mapping[str, Any]) -> str:
    filled = [(name, plain(value)) for name, value in row.items() if value not in (None, "")]
    shown: Sequence[str] = [f"{name}={value}" for name, value in filled[:_COLUMNS]]
    return "  ".join(shown)
