"""What a reader may see of a trace: rows of single persons, companies and files, or only counts."""

from dataclasses import replace

from klynge.tracing.report import CheckedStep, Report, Source

#: The kinds of sources whose rows everybody may read: documents and reference data.
_OPEN_SOURCES = ("print", "reference")
#: The columns of a fact that name the row of a file.
_ROW_KEYS = frozenset({"source_row_key", "load_id"})


def without_rows(report: Report) -> Report:
    """Return the report without the rows that only the restricted edition has.

    Readers without a right to these rows see the value, the proof, the models, the printed lines
    and the numbers of rows. Of a submitted file they see who sent it and when, but not its lines.
    """
    hidden = set(report.release["restricted"])
    return replace(
        report,
        # the report has no row of these tables any more
        release={**report.release, "restricted": []},
        steps=[_step(step, hidden) for step in report.steps],
        sources=[_source(source) for source in report.sources],
    )


def hides_rows(report: Report) -> bool:
    """Whether :func:`without_rows` leaves something out that concerns the figure."""
    return bool(report.restricted_tables) or any(one.kind == "submission" for one in report.sources)


def _step(step: CheckedStep, hidden: set[str]) -> CheckedStep:
    if step.table in hidden or step.table.startswith("raw."):
        return replace(step, shown=[])
    shown = [{name: row[name] for name in row if name not in _ROW_KEYS} for row in step.shown]
    return replace(step, shown=shown)


def _source(source: Source) -> Source:
    return source if source.kind in _OPEN_SOURCES else replace(source, places=[])
