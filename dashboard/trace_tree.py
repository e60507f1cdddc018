"""The tables from a figure down to its source rows, as a tree that a page opens step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klynge.messages import Language, Message, counted, label, message
from klynge.releases.descriptions import TableDescription
from klynge.tracing.report import CheckedStep, Report

#: The first rows of a table are shown with at most this many columns.
_COLUMNS = 8
#: What each kind of step is, for a reader.
_KINDS = {
    "mart": message("table for analysts"),
    "core": message("fact or dimension"),
    "step": message("step of the computation"),
    "raw": message("received rows"),
    "reference": message("reference data"),
}


@dataclass(frozen=True)
class Branch:
    """A table of the trace and the tables that it reads.

    ``above`` says that the branch is already shown elsewhere in the tree, with its tables.
    """

    table: str
    title: str
    kind: Message
    description: str
    counts: Message | None
    checks: Message | None
    has_failed: bool
    #: the views between this table and the one that reads it
    through: Sequence[str]
    headings: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    has_sql: bool
    above: bool
    branches: Sequence["Branch"]


def grow_tree(
    report: Report, described: Mapping[str, TableDescription], language: Language
) -> Branch:
    """Return the tree of a report, with the labels of its tables in a language."""
    return _Gardener(report, described, language).grow(report.steps[0], [], set())


@dataclass(frozen=True)
class _Gardener:
    report: Report
    described: Mapping[str, TableDescription]
    language: Language

    def grow(self, step: CheckedStep, through: Sequence[str], seen: set[str]) -> Branch:
        above = step.table in seen and bool(step.reads)
        seen.add(step.table)
        below = [] if above else self.report.stored_reads(step)
        texts = self.described.get(step.table, TableDescription(step.table))
        title = texts.label_da if self.language is Language.da else texts.label_en
        is_long = step.kind == "step"
        filled = {} if is_long or above else _filled_columns(step.shown)
        return Branch(
            table=step.table,
            title=title or step.table.partition(".")[2],
            kind=_KINDS.get(step.kind, message("step of the computation")),
            description=_description(step, self.language),
            counts=_counts(step),
            checks=_checks(step),
            has_failed=any(not check.passed for check in step.checks),
            through=[one.partition(".")[2] for one in through],
            headings=list(filled),
            rows=step.shown if filled else [],
            has_sql=step.sql is not None,
            above=above,
            branches=[self.grow(one, views, seen) for one, views in below],
        )


def _description(step: CheckedStep, language: Language) -> str:
    return label(step.description, step.description_da or step.description).text(language)


def _counts(step: CheckedStep) -> Message | None:
    if step.rows is None:
        return None
    return counted(
        "{rows:,} of {count:,} row", "{rows:,} of {count:,} rows", step.of or 0, rows=step.rows
    )


def _checks(step: CheckedStep) -> Message | None:
    if not step.checks:
        return None
    failed = sum(not check.passed for check in step.checks)
    if failed:
        return counted(
            "{failed} of {count} check FAILED",
            "{failed} of {count} checks FAILED",
            len(step.checks),
            failed=failed,
        )
    return counted("{count} check passed", "{count} checks passed", len(step.checks))


def _filled_columns(rows: Sequence[Mapping[str, Any]]) -> dict[str, None]:
    """The first columns that have a value in one of the rows."""
    names = list(rows[0]) if rows else []
    filled = [name for name in names if any(row[name] not in (None, "") for row in rows)]
    return dict.fromkeys(filled[:_COLUMNS])
