"""Compare two releases: find every figure that differs, and the changes that cause it.

To separate inputs from models, the earlier release's models are run on the later release's inputs.
The result differs from the earlier release because of the inputs. It differs from the later release
because of the models. Then each change is tried alone. If the change alters a figure by itself, it
is a cause of the difference. In a change with few rows, each row is also tried alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from klynge import progress
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home
from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import string_literal, workspace
from klynge.messages import counted, message
from klynge.releases.changes import (
    LOAD,
    PROGRAM,
    Change,
    ChangedRow,
    find_input_changes,
    find_model_changes,
    merge_changes,
)
from klynge.releases.counterfactual import Counterfactual
from klynge.releases.figures import FigureDifference, FigureId, differing_figures, differing_marts
from klynge.releases.models import read_models
from klynge.releases.reading import DATABASE, Release
from klynge.releases.rebuilding import build, traceable_database
from klynge.releases.row_differences import RowComparer, Table
from klynge.releases.state_changes import find_state_changes

#: If there are more changes than this, the changes of each kind are tried together.
TRIED_CHANGES = 12
#: If a change has more rows than this, its rows are not tried one by one.
TRIED_ROWS = 10

#: Two databases, and the changes that lead from the first to the second.
Step = tuple[Counterfactual, Sequence[Change]]


@dataclass(frozen=True)
class Cause:
    """A change that causes a figure's difference."""

    change: Change
    #: True if a trial showed that the change alone alters the figure; False if it may be a cause
    alone: bool
    #: the changed rows that each alter the figure alone; empty if rows were not tried
    rows: tuple[ChangedRow, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The differences between two releases."""

    before: Release
    after: Release
    changes: Sequence[Change]
    figures: Sequence[FigureDifference]
    causes: Mapping[FigureId, Sequence[Cause]]
    #: why code and inputs could not be separated; None if they were separated
    mixed: str | None
    #: one line for each input of the two releases that is now missing or altered
    altered: Sequence[str]


def compare(home: Home, before: Release, after: Release) -> Comparison:
    """Find every figure that differs between two releases, and the causes of its difference.

    Raises :class:`InputError` if a database was removed and cannot be rebuilt.
    """
    old_models, new_models = read_models(before), read_models(after)
    with ExitStack() as stack:
        databases = [stack.enter_context(traceable_database(home, r)) for r in (before, after)]
        old, new = (database.database for database in databases)
        comparer = stack.enter_context(_row_comparer(old, new))
        marts = differing_marts(before, after, old_models, new_models)
        figures = list(differing_figures(comparer, marts))
        inputs = find_input_changes(before, after, new_models, comparer)
        inputs += find_state_changes(before, after, comparer, inputs)
        models = find_model_changes(old_models, new_models)
        changes = [*inputs, *models]
        if figures and not changes:
            changes = [Change(PROGRAM, after.manifest["code"]["commit"])]
        steps: list[Step] = [(Counterfactual(old, new, old_models, new_models), changes)]
        mixed = None
        if inputs and models and figures:
            try:
                hybrid = stack.enter_context(_hybrid_database(home, code=before, inputs=after))
            except InputError as error:
                mixed, steps = error.message, []
            else:
                steps = [
                    (Counterfactual(old, hybrid, old_models, old_models), inputs),
                    (Counterfactual(hybrid, new, old_models, new_models), models),
                ]
        causes = _collect_causes(steps, marts) if figures else {}
    downstream = [(change, _downstream_of(change, old_models, new_models)) for change in changes]
    _add_possible_causes(causes, figures, downstream)
    altered = sorted({line for database in databases for line in database.changed})
    return Comparison(before, after, changes, figures, causes, mixed, altered)


def _add_possible_causes(
    causes: dict[FigureId, list[Cause]],
    figures: Sequence[FigureDifference],
    downstream: Sequence[tuple[Change, set[str]]],
) -> None:
    """Give each figure without a cause all changes upstream of its mart as possible causes."""
    for figure in figures:
        upstream = [change for change, tables in downstream if figure.mart in tables]
        causes.setdefault(figure.figure_id, [Cause(change, alone=False) for change in upstream])


def _collect_causes(steps: Sequence[Step], marts: Sequence[Table]) -> dict[FigureId, list[Cause]]:
    causes: dict[FigureId, list[Cause]] = {}
    for counterfactual, changes in steps:
        for figure_id, cause in _find_causes(counterfactual, changes, marts):
            causes.setdefault(figure_id, []).append(cause)
    return causes


def _find_causes(
    counterfactual: Counterfactual, changes: Sequence[Change], marts: Sequence[Table]
) -> Iterator[tuple[FigureId, Cause]]:
    """Yield each figure that differs between two databases with each cause of its difference."""
    progress.detail(counted("comparing {count:,} mart", "comparing {count:,} marts", len(marts)))
    with _row_comparer(counterfactual.before, counterfactual.after) as comparer:
        differing = {figure.figure_id for figure in differing_figures(comparer, marts)}
    groups = _group_changes(changes)
    for group in groups:
        alone = len(group) == 1
        altered = differing
        if len(groups) > 1:
            altered = differing & _try(counterfactual, merge_changes(group), marts)
        by_row = _try_rows(counterfactual, group[0], marts) if alone else []
        for figure_id in altered:
            rows = tuple(row for row, figures in by_row if figure_id in figures)
            for change in group:
                yield figure_id, Cause(change, alone, rows)


def _group_changes(changes: Sequence[Change]) -> list[list[Change]]:
    """Group the changes that are tried together.

    If there are few changes, each is tried alone. If there are many, changes of one kind form a
    group. The submissions of each dataset form a group of their own.
    """
    if len(changes) <= TRIED_CHANGES:
        return [[change] for change in changes]
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        group = (change.kind, *(change.tables if change.kind == LOAD else ()))
        groups.setdefault(group, []).append(change)
    return list(groups.values())


def _try_rows(
    counterfactual: Counterfactual, change: Change, marts: Sequence[Table]
) -> list[tuple[ChangedRow, set[FigureId]]]:
    """Try each row alone, and return it with the figures that it alters.

    If there are more than ``TRIED_ROWS`` rows, none is tried, and the list is empty.
    """
    if sum(change.counts.values()) > TRIED_ROWS:
        return []
    return [(row, _try(counterfactual, change, marts, row)) for row in change.rows]


def _try(
    counterfactual: Counterfactual,
    change: Change,
    marts: Sequence[Table],
    row: ChangedRow | None = None,
) -> set[FigureId]:
    progress.detail(message("trying {name}", name=row.name if row else change.name))
    try:
        return counterfactual.figures_changed_by(change, marts, row)
    except duckdb.Error:
        # the models fail with this change alone, so the change alone causes no difference
        return set()


def _downstream_of(change: Change, old: CompiledModels, new: CompiledModels) -> set[str]:
    if change.kind == PROGRAM:
        return {*old, *new}
    return old.downstream_of(change.tables) | new.downstream_of(change.tables)


@contextmanager
def _row_comparer(before: Path, after: Path) -> Iterator[RowComparer]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {string_literal(before)} as before (read_only)")
        connection.execute(f"attach {string_literal(after)} as after (read_only)")
        yield RowComparer(connection)


@contextmanager
def _hybrid_database(home: Home, *, code: Release, inputs: Release) -> Iterator[Path]:
    """Build a temporary database with the models of one release and the inputs of another."""
    progress.detail(message("running the earlier models on the later inputs"))
    with TemporaryDirectory(prefix=UNFINISHED, dir=home.build) as folder:
        database = Path(folder) / DATABASE
        with workspace(database) as connection:
            build(connection, home, code=code, inputs=inputs)
        yield database
