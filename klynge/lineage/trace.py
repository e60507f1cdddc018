"""The trace of one figure. It has the supporting rows, the steps and the proof."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from klynge.lineage.errors import LineageError
from klynge.lineage.models import CompiledModels
from klynge.lineage.proof.absence import AdmittedRows
from klynge.lineage.proof.status import admitted_rows
from klynge.lineage.release_database import FigureCell, ReleaseDatabase
from klynge.lineage.result import Considered, Figure, Proof, RowSet, TraceStep
from klynge.lineage.rows.row_sets import row_key, row_set
from klynge.lineage.rows.temp_tables import stored_name
from klynge.lineage.rows.value_sets import any_of


@dataclass(frozen=True)
class Trace:
    """A figure with its proof. The methods read rows and steps from the database.

    The methods work until the same :class:`~klynge.lineage.Tracer` starts its next trace.
    """

    figure: Figure
    proof: Proof
    #: the supporting rows of each source table
    support: tuple[RowSet, ...]
    _release: ReleaseDatabase
    _cell: FigureCell
    #: stored table -> its temporary table (tag, row)
    _tables: Mapping[str, str]

    def rows(self, table: str, most: int | None = None) -> list[dict[str, Any]]:
        """Return the supporting rows of a source table, or of a model that is stored as a table.

        A row of a source table has an additional column ``row_key``, which identifies the row.
        """
        release = self._release
        key = "" if table in release.models else f"{row_key(release.graph, table)} as row_key, "
        limit = "" if most is None else f" limit {int(most)}"
        return release.fetch(
            f"select {key}* from {stored_name(table)} where {self.where(table)} "
            f"order by rowid{limit}"
        )

    def where(self, table: str) -> str:
        """Write the SQL condition that selects the supporting rows of a stored table.

        Raises :class:`LineageError` if the table has no supporting rows.
        """
        condition = self._condition(table)
        if condition is None:
            known = ", ".join(sorted(self.stored_tables))
            raise LineageError(f"the trace has no rows of {table!r}; it has rows of {known}")
        return condition

    @property
    def stored_tables(self) -> set[str]:
        """Return the stored tables on which the figure depends."""
        return {*self._tables, *(one.table for one in self.support)}

    def steps(self) -> list[TraceStep]:
        """Return the tables and views on which the figure depends.

        A step comes before the tables that it reads.
        """
        models = self._release.models
        tables = _connected_tables(models, self._cell.model, self.stored_tables)
        return [
            TraceStep(
                table,
                models[table].sql if table in models else None,
                [one for one in tables if table in models and one in models[table].reads],
                *self._row_counts(table),
            )
            for table in tables
        ]

    def considered(self) -> tuple[Considered, ...]:
        """Return rows that do not support the figure, but that a clause read to decide it.

        There is one entry for each clause.
        """
        found = [one for one in admitted_rows(self._release, self._cell) if one.decider]
        found.sort(key=lambda one: (one.decider, one.table))
        answers = []
        for decider, by_clause in groupby(found, key=lambda one: one.decider):
            by_table = groupby(by_clause, key=lambda one: one.table)
            sets = [self._outside_support(table, list(rows)) for table, rows in by_table]
            sets = [one for one in sets if one.rows]
            if sets and decider:
                clause = decider.clause.replace('"', "")
                answers.append(Considered(decider.kind, decider.model, clause, tuple(sets)))
        return tuple(answers)

    def _outside_support(self, table: str, admitted: list[AdmittedRows]) -> RowSet:
        condition = any_of(one.condition for one in admitted)
        supporting = self._condition(table) or "false"
        rows = f"({condition}) and not coalesce(({supporting}), false)"
        return row_set(self._release.temp, self._release.graph, table, rows, condition)

    def _condition(self, table: str) -> str | None:
        if table in self._tables:
            return self._release.temp.row_filter(self._tables[table])
        return next((one.condition for one in self.support if one.table == table), None)

    def _row_counts(self, table: str) -> tuple[int | None, int | None]:
        condition = self._condition(table)
        if condition is None:
            return None, None
        number, stored = self._release.temp.number, stored_name(table)
        return (
            number(f"select count(*) from {stored} where {condition}"),
            number(f"select count(*) from {stored}"),
        )


def _connected_tables(models: CompiledModels, start: str, stored: set[str]) -> list[str]:
    """Return ``start``, the tables in ``stored`` below it, and the models between.

    A table is below ``start`` if ``start`` depends on it.
    """
    takes_part: dict[str, bool] = {}

    def visit(table: str) -> bool:
        if table not in takes_part:
            model = models.get(table)
            below = [visit(one) for one in sorted(model.reads)] if model else []
            was_followed = start in stored and model is not None and model.materialized != "view"
            takes_part[table] = table in stored or (any(below) and not was_followed)
        return takes_part[table]

    visit(start)
    ordered = [*reversed(list(models)), *sorted(set(takes_part) - set(models))]
    connected = _reachable(models, start, {one for one in ordered if takes_part.get(one)})
    return [one for one in ordered if one in connected]


def _reachable(models: CompiledModels, start: str, among: set[str]) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        model = models.get(waiting.pop())
        new = (set(model.reads) & among if model else set()) - found
        found |= new
        waiting += new
    return found
