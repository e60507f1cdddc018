"""The models between a figure and what came in: their SQL, their part of the rows, their checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from klynge.home import read_json
from klynge.lineage.models import CompiledModels
from klynge.quality import DATA_DOCS, TESTS, VERDICT, CheckResult, results_in
from klynge.releases.reading import REFERENCE, Release
from klynge.tracing.sources import RAW, Supporting
from klynge.warehouse.schemas import STEPS

_KINDS = {RAW: RAW, REFERENCE: REFERENCE, "core": "core"}


@dataclass(frozen=True)
class Step:
    """One table on the way, or one view.

    ``rows`` is how many rows of a stored table take part, ``of`` how many it has; both None for a
    view, which holds none, and where rows were not followed one by one. ``reads`` are the tables
    that it reads and that take part; ``shown`` the first of its rows, where they were asked for.
    """

    table: str
    #: ``mart``, ``core``, ``step`` for what stands between, ``raw`` or ``reference``
    kind: str
    description: str
    #: its place in the release, and its compiled SQL; None for what came in
    file: str | None
    sql: str | None
    rows: int | None
    of: int | None
    reads: list[str]
    #: what the gate and dbt's tests found of it in the run that made the release
    checks: list[CheckResult]
    shown: list[dict[str, Any]]


def steps(
    supporting: Supporting,
    release: Release,
    models: CompiledModels,
    start: str,
    shown_rows: int | None = 0,
) -> list[Step]:
    """Every table and view from ``start`` down that takes part, each before what it reads.

    ``shown_rows`` is how many rows of each table to show; None shows all.
    """
    reached = _reached(models, supporting.where, start)
    checks = read_checks(release)
    files = _sql_files(release)
    found = []
    for table in reached:
        schema = table.partition(".")[0]
        model = models.get(table)
        stored = table in supporting.where
        found.append(
            Step(
                table=table,
                kind=_KINDS.get(schema, "mart" if schema not in STEPS else "step"),
                description=model.description if model else "",
                file=files.get(table.partition(".")[2]) if model else None,
                sql=model.sql if model else None,
                rows=supporting.count(table) if stored else None,
                of=supporting.total(table) if stored else None,
                reads=[one for one in reached if model and one in model.reads],
                checks=checks.get(table, []),
                shown=supporting.first(table, shown_rows) if stored and shown_rows != 0 else [],
            )
        )
    return found


def read_checks(release: Release) -> dict[str, list[CheckResult]]:
    """By ``schema.table``, what was found of it in the run that made the release.

    A release that was made before dbt's tests were kept has those of the gate only.
    """
    found: dict[str, list[CheckResult]] = {}
    for name in (VERDICT, TESTS):
        path = release.path / DATA_DOCS / name
        for result in results_in(read_json(path)) if path.is_file() else []:
            for table in result.looks_at.split(", "):
                found.setdefault(table, []).append(result)
    return found


def _reached(models: CompiledModels, where: Mapping[str, str], start: str) -> list[str]:
    """``start`` and what it rests on: tables with supporting rows, and models that read such."""
    takes_part: dict[str, bool] = {}

    def visit(table: str) -> bool:
        if table not in takes_part:
            model = models.get(table)
            below = [visit(one) for one in sorted(model.reads)] if model else []
            followed = start in where and model is not None and model.materialized != "view"
            takes_part[table] = table in where or (any(below) and not followed)
        return takes_part[table]

    visit(start)
    ordered = [*reversed(list(models)), *sorted(set(takes_part) - set(models))]
    connected = _connected(models, start, {one for one in ordered if takes_part.get(one)})
    return [one for one in ordered if one in connected]


def _connected(models: CompiledModels, start: str, among: set[str]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        model = models.get(waiting.pop())
        new = (set(model.reads) & among if model else set()) - found
        found |= new
        waiting += new
    return found


def _sql_files(release: Release) -> dict[str, str]:
    """By a model's name, the place of its SQL in the release."""
    names = [PurePosixPath(name) for name in release.manifest["files"]]
    return {one.stem: str(one) for one in names if one.suffix == ".sql" and one.parts[0] == "sql"}


def stored_reads(by_name: Mapping[str, Step], step: Step) -> list[tuple[Step, list[str]]]:
    """The stored tables that a step reads, each with the views it reads them through."""
    found: dict[str, tuple[Step, list[str]]] = {}

    def visit(names: Iterable[str], through: Sequence[str]) -> None:
        for name in names:
            one = by_name[name]
            if one.rows is None:
                visit(one.reads, [*through, name])
            else:
                known = found.setdefault(name, (one, []))[1]
                known += [view for view in through if view not in known]

    visit(step.reads, [])
    return list(found.values())
