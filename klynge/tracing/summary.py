"""Describe a traced figure, its rows and its caveats for a reader who knows no SQL."""

from collections.abc import Sequence
from itertools import groupby

from klynge.messages import Message, counted, joined, message
from klynge.tracing.report import Report, Source

#: What a good proof means for a reader, and what it does not mean.
_MEANS = message(
    "This means that the figure is computed correctly from the rows below. It does not say that "
    "the rows themselves are right."
)
_MEANS_INCOMPLETE = message(
    "This means that the figure is computed correctly from the rows that have been received. It "
    "says nothing about rows that are missing or were refused; they are named below."
)
_MEANS_NOTHING = message("This means that nobody can rely on the figure before the cause is found.")


def describe_figure(report: Report) -> list[tuple[Message, str]]:
    """Return name and content of each fact about a figure, such as its key and its basis."""
    figure = report.figure
    facts = [
        (message("{name}", name=name), value)
        for name, value in figure.key_in_words
        if value not in figure.about
    ]
    if figure.basis_name:
        facts.append((message("basis"), figure.basis_name))
    if figure.completeness_name:
        facts.append((message("completeness"), figure.completeness_name))
    return facts


def describe_proof(report: Report) -> Message:
    """Say what the status of the proof means for a reader."""
    if not report.is_good:
        return _MEANS_NOTHING
    return _MEANS_INCOMPLETE if report.gaps else _MEANS


def describe_caveats(report: Report) -> list[Message]:
    """Say what a reader must know before using the figure, such as gaps and findings."""
    figure, caveats = report.figure, list(report.gaps)
    if figure.basis == "sample":
        caveats.append(
            message("the figure is computed from sample data, which are invented: it is no result")
        )
    if figure.findings and figure.printed:
        caveats.append(
            counted(
                "{count:,} finding of the audit names this printed figure: `{command}`",
                "{count:,} findings of the audit name this printed figure: `{command}`",
                figure.findings,
                command='klynge query "from audit.mart_figure_findings '
                f"where figure_id = '{figure.printed['figure_id']}'\"",
            )
        )
    return caveats


def describe_places(source: Source) -> Message:
    """Name the lines of the listed rows of a submitted file, and count the other rows.

    Without the archived file, the numbers of the rows are named instead.
    """
    more = source.rows - len(source.places)
    rest = message(" and {more:,} more", more=more) if more > 0 else ""
    lines = [line for one in source.places if (line := one.get("line")) is not None]
    if len(lines) < len(source.places) or not lines:
        rows = ranges([one["row"] for one in source.places])
        return message("rows {rows}{more} (without the heading)", rows=rows, more=rest)
    if source.rows == 1:
        return message("line {line}", line=lines[0])
    return message("lines {lines}{more}", lines=ranges(lines), more=rest)


def ranges(numbers: Sequence[int]) -> list[str]:
    """Write sorted numbers as texts; consecutive numbers become one range, such as ``4-6``."""
    found: list[str] = []
    for _, group in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        first, last = str(run[0]), str(run[-1])
        found += [f"{first}-{last}"] if len(run) > 2 else map(str, run)
    return found


def describe_other_sources(report: Report) -> Message:
    """Name further tables that the models read, such as the calendar; empty if there are none."""
    others = report.other_sources
    if not others:
        return joined([])
    return counted(
        "The computation also reads {count:,} row of other tables, such as the calendar and lists "
        "of codes: {tables}",
        "The computation also reads {count:,} rows of other tables, such as the calendar and lists "
        "of codes: {tables}",
        sum(one.rows for one in others),
        tables=list(dict.fromkeys(one.table for one in others)),
    )


def describe_computation(report: Report) -> list[Message]:
    """Describe the way from the source rows to the figure in short, by its tables and checks."""
    stored = [step for step in report.steps if step.rows is not None]
    core = [step.table for step in stored if step.kind == "core" and step is not stored[0]]
    checks = [check for step in stored for check in step.checks]
    failed = sum(not check.passed for check in checks)
    passed = counted("{count:,} check passed", "{count:,} checks passed", len(checks) - failed)
    lines = [
        message(
            "{tables}; {checks}",
            tables=counted(
                "{count:,} table from the source rows to the figure",
                "{count:,} tables from the source rows to the figure",
                len(stored),
            ),
            checks=joined(
                [passed]
                + (
                    [counted("{count:,} check FAILED", "{count:,} checks FAILED", failed)]
                    if failed
                    else []
                )
            ),
        )
    ]
    if core:
        lines.append(message("facts and dimensions: {tables}", tables=core))
    if report.proof.considered:
        lines.append(
            counted(
                "{count:,} condition looked at rows that the figure does not use but that could "
                "have changed it",
                "{count:,} conditions looked at rows that the figure does not use but that could "
                "have changed it",
                len(report.proof.considered),
            )
        )
    return lines
