"""Answer questions about the figures of one release: the public class of this package."""

import random
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from klynge.lineage.coverage import table_coverage
from klynge.lineage.errors import LineageError
from klynge.lineage.explanation import explain, joined
from klynge.lineage.models import CompiledModels
from klynge.lineage.proof.status import (
    admitted_rows,
    coarse_status,
    conditions_by_table,
    prove,
)
from klynge.lineage.relational.model_graph import gc_paused
from klynge.lineage.release_database import FigureCell, ReleaseDatabase, open_database
from klynge.lineage.result import (
    Coverage,
    Destination,
    Figure,
    Forward,
    Proof,
    Verdict,
)
from klynge.lineage.rows.forward_lineage import ForwardSearch
from klynge.lineage.rows.relation import TooManyRowsError
from klynge.lineage.rows.row_lineage import SupportSearch
from klynge.lineage.rows.row_sets import row_set
from klynge.lineage.trace import Trace
from klynge.lineage.verification import RowCheck, check_rows

#: If a figure has more supporting rows than this in one table, its trace gives a condition instead
#: of single rows, and its status is ``global``.
MOST_ROWS = 2_000_000


class Tracer:
    """Traces figures of a release, without writing to the release. It is a context manager."""

    def __init__(self, release: ReleaseDatabase, most_rows: int = MOST_ROWS) -> None:
        """Trace in a connection that is already open; see :meth:`reading`."""
        self._release = release
        self._most_rows = most_rows

    @classmethod
    def reading(cls, database: Path, models: CompiledModels, marts: Collection[str]) -> Self:
        """Open a tracer of a database file that has all tables.

        ``marts`` are the models whose rows are end results.
        """
        return cls(open_database(database, models, marts))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._release.connection.close()

    @cached_property
    def marts(self) -> tuple[str, ...]:
        """Return the marts of the release, each as ``schema.table``."""
        return tuple(name for name in self._release.models if name in self._release.marts)

    def trace(self, mart: str, key: Mapping[str, Any], column: str | None = None) -> Trace:
        """Trace one cell of a mart, or a whole row if ``column`` is None.

        ``key`` maps columns of the mart to the values that identify one row. None means NULL.
        Raises :class:`LineageError` for an unknown name, or if no row or several rows have the key.
        """
        return self.trace_cell(self._release.find_cell(mart, key, column))

    def trace_cell(self, cell: FigureCell) -> Trace:
        """Trace a cell that was already looked up."""
        self._release.temp.drop()
        return self._trace(cell)

    def verify(self, mart: str, sample: int | None = None, seed: int = 0) -> Verdict:
        """Replay every row of a mart, or ``sample`` random rows. Each has its own support.

        All cells of a row share a trace. Rows are replayed in batches. If a row's replay in its
        batch gives other values, the row is traced again, alone.
        """
        release = self._release
        model = release.models.named(mart).name
        release.temp.drop()
        rows = release.row_numbers(model)
        if sample is not None and sample < len(rows):
            rows = sorted(random.Random(seed).sample(rows, sample))  # noqa: S311 - no secret
        statuses: Counter[str] = Counter()
        examples: dict[tuple[str, str], Mapping[str, Any]] = {}
        for check in check_rows(release, model, rows):
            status, reasons = self._row_status(model, check)
            statuses[status] += 1
            if status != "proved":
                examples.setdefault((status, joined(reasons)), release.key(model, check.row))
        return Verdict(
            model,
            len(rows),
            len(rows) * len(release.graph.columns[model]),
            dict(statuses),
            tuple((key, status, reason) for (status, reason), key in examples.items()),
        )

    def some_figures(
        self, mart: str, number: int, rng: random.Random
    ) -> list[tuple[dict[str, Any], str]]:
        """Pick random cells of a mart, as (key, column).

        Each cell is in a different row, so there are at most as many cells as rows.
        """
        release = self._release
        model = release.models.named(mart).name
        rows = release.row_numbers(model)
        every = list(release.graph.columns[model])
        # a mart may consist of key columns only
        columns = [c for c in every if c not in release.models[model].grain] or every
        chosen = rng.sample(rows, min(number, len(rows)))
        return [(release.key(model, row), rng.choice(columns)) for row in chosen]

    def forward(self, key: str) -> Forward:
        """Find the rows of marts that depend on one source row.

        The result also has the clauses that leave the source row out. ``key`` is a
        ``source_row_key``, or a ``row_key`` from :meth:`Trace.rows`. Raises :class:`LineageError`
        if no row has the key.
        """
        release = self._release
        release.temp.drop()
        table, number = release.source_row(key)
        rows = release.temp.table(
            "followed", f"select cast(0 as bigint) as tag, cast({number} as bigint) as row"
        )
        search = ForwardSearch(release.temp, release.graph)
        found = search.follow(table, rows, frozenset(self.marts))
        destinations = [
            Destination(mart, one)
            for mart in self.marts
            if mart in found.tables
            for one in release.keys(mart, found.tables[mart])
        ]
        left_out = tuple(sorted(found.left_out.get(0, ())))
        return Forward(table, key, release.row(table, number), tuple(destinations), left_out)

    def coverage(self, tables: Iterable[str] = ()) -> list[Coverage]:
        """Count the rows that reach a figure, for each raw table or for the named tables.

        The name of a table may have the prefix ``raw.`` or not. Raises :class:`LineageError` for an
        unknown name.
        """
        known = sorted(name for name in self._release.graph.columns if name.startswith("raw."))
        names = [f"raw.{name.removeprefix('raw.')}" for name in tables]
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            raise LineageError(
                explain(
                    "there is no dataset {name!r}; there are {known}",
                    name=unknown,
                    known=", ".join(known),
                )
            )
        self._release.temp.drop()
        return list(table_coverage(self._release, names or known, self.marts))

    def _row_status(self, model: str, check: RowCheck) -> tuple[str, list[str]]:
        if check.difference is not None:
            proof = self._trace(self._release.cell_at(model, check.row)).proof
            return proof.status, proof.reasons
        return coarse_status(check.flags) or "proved", [reason for _, reason in check.flags]

    def _trace(self, cell: FigureCell) -> Trace:
        # one garbage collection at the end is quicker than one after each parsed model
        with gc_paused():
            return self._trace_rows(cell)

    def _trace_rows(self, cell: FigureCell) -> Trace:
        release = self._release
        temp, graph = release.temp, release.graph
        row = f"select 0 as tag, cast({cell.row} as bigint) as row"
        demanded = temp.table("figure", row)
        search = SupportSearch(temp, graph, self._most_rows)
        try:
            support = search.support({cell.model: (demanded, cell.needed)})
        except TooManyRowsError:
            return self._trace_by_condition(cell)
        proof = prove(release, cell, demanded, support, search)
        row_sets = tuple(
            row_set(temp, graph, table, temp.row_filter(rows, support.where[table]))
            for table, rows in sorted(support.tables.items())
            if table not in release.models
        )
        return Trace(self._figure(cell), proof, row_sets, release, cell, support.tables)

    def _trace_by_condition(self, cell: FigureCell) -> Trace:
        """Trace a figure by conditions, because it has too many supporting rows to follow."""
        release = self._release
        release.temp.drop()
        found = [
            row_set(release.temp, release.graph, table, condition, condition)
            for table, condition in sorted(
                conditions_by_table(admitted_rows(release, cell)).items()
            )
        ]
        reason = explain(
            "one table has more than {rows:,} supporting rows; every row that the key "
            "selects is included",
            rows=self._most_rows,
        )
        support = tuple(one for one in found if one.rows)
        return Trace(self._figure(cell), Proof("global", [reason]), support, release, cell, {})

    def _figure(self, cell: FigureCell) -> Figure:
        values = self._release.row(cell.model, cell.row)
        key = {name: values[name] for name in self._release.grain(cell.model)}
        return Figure(cell.model, cell.column, key, values[cell.column] if cell.column else None)
