"""Two releases side by side: every figure that differs, and what it comes from.

Code and inputs are told apart by running the former release's models on the latter's inputs; what
differs then comes from the inputs, the rest from the models. Which change of several it is, and
which row of few, is found out by trying: a change that of itself changes a figure is its cause.
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

#: More changes than these are not tried one by one, but those of one kind at once.
TRIED_CHANGES = 12
#: Of a change with more rows than these it is not tried which row does what.
TRIED_ROWS = 10


@dataclass(frozen=True)
class Cause:
    """A change that a figure's difference comes from."""

    change: Change
    #: whether it is known that the change, by itself, changes the figure
    alone: bool
    #: rows of the change that, each by itself, change the figure; empty where that was not tried
    rows: tuple[ChangedRow, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """What is different in two releases."""

    before: Release
    after: Release
    changes: Sequence[Change]
    figures: Sequence[FigureDifference]
    causes: Mapping[FigureId, Sequence[Cause]]
    #: why code and inputs could not be told apart, where they could not
    mixed: str | None
    #: what is no longer as the releases found it in what they were made from, one line each
    altered: Sequence[str]


def compare(home: Home, before: Release, after: Release) -> Comparison:
    """Every figure that differs between two releases, each with its causes.

    Raises :class:`InputError` where a database is gone and cannot be made again.
    """
    old, new = read_models(before), read_models(after)
    causes: dict[FigureId, list[Cause]] = {}
    mixed = None
    with ExitStack() as stack:
        databases = [stack.enter_context(traceable_database(home, r)) for r in (before, after)]
        was, is_ = (one.database for one in databases)
        comparer = stack.enter_context(_side_by_side(was, is_))
        marts = differing_marts(before, after, old, new)
        figures = list(differing_figures(comparer, marts))
        inputs = find_input_changes(before, after, new, comparer)
        models = find_model_changes(old, new)
        changes = [*inputs, *models]
        if figures and not changes:
            changes = [Change(PROGRAM, after.manifest["code"]["commit"])]
        steps = [(Counterfactual(was, is_, old, new), changes)] if figures else []
        if figures and inputs and models:
            progress.detail("running the former models on the later inputs")
            try:
                between = stack.enter_context(_built(home, code=before, inputs=after))
                steps = [
                    (Counterfactual(was, between, old, old), inputs),
                    (Counterfactual(between, is_, old, new), models),
                ]
            except InputError as error:
                mixed, steps = str(error), []
        for counterfactual, some in steps:
            for figure_id, cause in _causes(counterfactual, some, marts):
                causes.setdefault(figure_id, []).append(cause)
    hanging = [(change, _hanging_on(change, old, new)) for change in changes]
    for figure in figures:
        causes.setdefault(
            figure.figure_id,
            [Cause(change, alone=False) for change, marts in hanging if figure.mart in marts],
        )
    altered = sorted({line for one in databases for line in one.changed})
    return Comparison(before, after, changes, figures, causes, mixed, altered)


def _causes(
    counterfactual: Counterfactual, changes: Sequence[Change], marts: Sequence[Table]
) -> Iterator[tuple[FigureId, Cause]]:
    """The changes that, each by itself, change a figure on the way from one database to another."""
    progress.detail(f"comparing {len(marts)} mart(s)")
    with _side_by_side(counterfactual.before, counterfactual.after) as comparer:
        differing = {figure.figure_id for figure in differing_figures(comparer, marts)}
    groups = _groups(changes)
    for group in groups:
        change, alone = merge_changes(group), len(group) == 1
        changed = differing
        if len(groups) > 1:
            changed = differing & _tried(counterfactual, change, marts)
        tried = [
            (row, _tried(counterfactual, group[0], marts, row))
            for row in (_rows_to_try(group[0]) if alone else ())
        ]
        for figure_id in changed:
            rows = tuple(row for row, figures in tried if figure_id in figures)
            for one in group:
                yield figure_id, Cause(one, alone, rows)


def _groups(changes: Sequence[Change]) -> list[list[Change]]:
    """What is tried at once: each change; of very many, those of one kind and one dataset."""
    if len(changes) <= TRIED_CHANGES:
        return [[change] for change in changes]
    found: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        alike = (change.kind, *(change.tables if change.kind == LOAD else ()))
        found.setdefault(alike, []).append(change)
    return list(found.values())


def _tried(
    counterfactual: Counterfactual,
    change: Change,
    marts: Sequence[Table],
    row: ChangedRow | None = None,
) -> set[FigureId]:
    progress.detail(f"trying {row.name if row else change.name}")
    try:
        return counterfactual.figures_changed_by(change, marts, row)
    except duckdb.Error:
        # the models do not run on it alone: it has its part merge_changes with others only
        return set()


def _rows_to_try(change: Change) -> Sequence[ChangedRow]:
    """The rows of a change, where they are few."""
    return change.rows if sum(change.counts.values()) <= TRIED_ROWS else ()


def _hanging_on(change: Change, old: CompiledModels, new: CompiledModels) -> set[str]:
    if change.kind == PROGRAM:
        return {*old, *new}
    return old.downstream_of(change.tables) | new.downstream_of(change.tables)


@contextmanager
def _side_by_side(before: Path, after: Path) -> Iterator[RowComparer]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach {string_literal(before)} as before (read_only)")
        connection.execute(f"attach {string_literal(after)} as after (read_only)")
        yield RowComparer(connection)


@contextmanager
def _built(home: Home, *, code: Release, inputs: Release) -> Iterator[Path]:
    """A database of one release's models on another's inputs, for a while."""
    with TemporaryDirectory(prefix=UNFINISHED, dir=home.build) as folder:
        database = Path(folder) / DATABASE
        with workspace(database) as connection:
            build(connection, home, code=code, inputs=inputs)
        yield database
