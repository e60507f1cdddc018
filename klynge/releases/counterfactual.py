"""Recompute a release's figures with a single change, to see the effect of the change.

Only the models downstream of the change are run, in memory. All other tables are read from the
release.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from klynge.lineage.models import DATABASE_NAME, CompiledModels, relation_name
from klynge.lineage.workspace import run_models, string_literal, workspace
from klynge.releases.changes import LEDGER, LOAD, MODEL, OF_LOADS, Change, ChangedRow
from klynge.releases.figures import FigureId, differing_figures
from klynge.releases.row_differences import RowComparer, Table, condition


@dataclass(frozen=True)
class Counterfactual:
    """Two databases and their models. Each change is tried alone on the database ``before``."""

    before: Path
    after: Path
    models_before: CompiledModels
    models_after: CompiledModels

    def figures_changed_by(
        self, change: Change, marts: Iterable[Table], row: ChangedRow | None = None
    ) -> set[FigureId]:
        """Return the figures of ``marts`` that the change alone alters.

        If ``row`` is given, only this row is changed.

        Raises :class:`duckdb.Error` if the models do not run with this change alone.
        """
        models = self._models_with(change)
        touched = models.downstream_of([row.table] if row else change.changed_tables)
        changing = [mart for mart in marts if mart.name in touched or mart.name in change.tables]
        tables = {n for n, model in self.models_before.items() if model.materialized == "table"}
        chain = models.build_plan(tables - touched, [mart.name for mart in changing])
        with workspace() as connection:
            connection.execute(f"attach {string_literal(self.before)} as before (read_only)")
            connection.execute(f"attach {string_literal(self.after)} as after (read_only)")
            for name in models.external_inputs(chain):
                _create_changed_view(connection, name, change, row)
            run_models(connection, chain)
            comparer = RowComparer(connection, "before", DATABASE_NAME)
            return {figure.figure_id for figure in differing_figures(comparer, changing)}

    def _models_with(self, change: Change) -> CompiledModels:
        """Return the earlier models, but with the changed model as it is in the later release.

        If the changed model reads models that did not exist before, these are added as well.
        """
        if change.kind != MODEL:
            return self.models_before
        models = {n: m for n, m in self.models_before.items() if n not in change.tables}
        waiting = list(change.tables)
        while waiting:
            name = waiting.pop()
            if name in self.models_after and name not in models:
                models[name] = self.models_after[name]
                waiting += self.models_after[name].reads
        return CompiledModels(models.values(), self.models_before.seeds)


def _create_changed_view(
    connection: duckdb.DuckDBPyConnection, name: str, change: Change, row: ChangedRow | None
) -> None:
    """Create a view of a table of ``before`` to which the change, or one row of it, is applied."""
    schema, _, table = name.partition(".")
    old, new = (f'{side}."{schema}"."{table}"' for side in ("before", "after"))
    if name not in change.changed_tables or (row and name != row.table):
        rows = f"from {old}"
    elif name in OF_LOADS:
        rows = _replace_rows(
            old, new, _is_one_of(change.loads_before), _is_one_of(change.loads_after)
        )
    elif name == LEDGER and name not in change.tables:
        # a load that no longer counts stays in the ledger; only its state is new
        loads = _is_one_of((*change.loads_before, *change.loads_after))
        rows = _replace_rows(old, new, loads, loads)
    else:
        which = condition(list(row.difference.key.items())) if row else change.tables[name]
        columns = "*"
        if change.kind == LOAD and change.replaces:
            columns = f"* replace ({string_literal(change.loads_before[0])} as load_id)"
        rows = _replace_rows(old, new, which, which, columns)
    connection.execute(f'create schema if not exists "{DATABASE_NAME}"."{schema}"')
    connection.execute(f"create view {relation_name(name)} as {rows}")


def _replace_rows(old: str, new: str, gone: str, added: str, columns: str = "*") -> str:
    """Write a query: old rows that do not satisfy ``gone``, and new rows that satisfy ``added``."""
    return (
        f"from {old} where not ({gone}) union all by name select {columns} from {new} where {added}"
    )


def _is_one_of(loads: Sequence[str]) -> str:
    return f"list_contains(cast([{', '.join(map(string_literal, loads))}] as varchar[]), load_id)"
