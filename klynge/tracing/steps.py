"""Add the kind, description, file and checks of each step of a trace, from the release."""

from pathlib import PurePosixPath

from klynge.home import read_json
from klynge.lineage.models import CompiledModels
from klynge.lineage.trace import Trace
from klynge.quality import DATA_DOCS, TESTS, VERDICT, CheckResult, results_in
from klynge.releases.reading import REFERENCE, Release
from klynge.tracing.report import CheckedStep
from klynge.tracing.sources import RAW, SupportingRows
from klynge.warehouse.schemas import CORE, STEPS

_KINDS = {RAW: RAW, REFERENCE: REFERENCE, CORE: CORE} | dict.fromkeys(STEPS, "step")


def checked_steps(
    trace: Trace,
    supporting: SupportingRows,
    release: Release,
    models: CompiledModels,
    shown_rows: int | None = 0,
) -> list[CheckedStep]:
    """Return the steps of a trace; each step comes before the steps that it reads.

    ``shown_rows`` is the number of supporting rows that each step gets; None gives all of them.
    """
    checks, files = read_checks(release), _sql_files(release)
    found = []
    for step in trace.steps():
        schema, _, name = step.table.partition(".")
        model = models.get(step.table)
        has_rows = step.rows is not None and shown_rows != 0
        found.append(
            CheckedStep(
                table=step.table,
                sql=step.sql,
                reads=step.reads,
                rows=step.rows,
                of=step.of,
                kind=_KINDS.get(schema, "mart"),
                description=model.description if model else "",
                description_da=model.description_da if model else None,
                file=files.get(name) if model else None,
                checks=checks.get(step.table, []),
                shown=supporting.first(step.table, shown_rows) if has_rows else [],
            )
        )
    return found


def read_checks(release: Release) -> dict[str, list[CheckResult]]:
    """Map ``schema.table`` to the results of its checks in the run that built the release.

    A release of an older version, which did not keep the results of dbt's tests, has only the
    results of the gate.
    """
    found: dict[str, list[CheckResult]] = {}
    for name in (VERDICT, TESTS):
        path = release.path / DATA_DOCS / name
        for result in results_in(read_json(path)) if path.is_file() else []:
            for table in result.looks_at.split(", "):
                found.setdefault(table, []).append(result)
    return found


def _sql_files(release: Release) -> dict[str, str]:
    """Map the name of each model to the path of its SQL in the release."""
    names = [PurePosixPath(name) for name in release.manifest["files"]]
    return {one.stem: str(one) for one in names if one.suffix == ".sql" and one.parts[0] == "sql"}
