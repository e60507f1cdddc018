"""Column lineage: find the source columns that decide each column of a model.

Column lineage is derived from the SQL alone. It uses the same relational blocks as row lineage. A
column depends on source columns in two ways. Its value is computed from some of them. Others
filter, join, group or order its rows. Each of these source columns, together with the way in which
it decides, is called a decider.

Example: ``n`` in ``select count(*) as n from raw.visits where year = 2021`` has two deciders:
``value raw.visits *`` (the rows are counted) and ``filter raw.visits year``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from klynge.lineage.models import CompiledModels
from klynge.lineage.relational.column_sources import (
    ALL_ROWS,
    CONSTANT,
    EVERY,
    BlockColumns,
    ColumnDecider,
    ColumnSources,
    Deciders,
    as_kind,
)
from klynge.lineage.relational.model_graph import ModelGraph

__all__ = ["CONSTANT", "EVERY", "ColumnDecider", "ColumnLineage", "Deciders"]


class ColumnLineage:
    """The column lineage of the models of a release."""

    def __init__(self, models: CompiledModels, columns: Mapping[str, Mapping[str, str]]) -> None:
        """Store the models of a release, and the columns of the tables that the models read.

        ``columns`` maps each ``schema.table`` that a model reads to its column types.
        """
        known = dict(columns)
        self._models = models
        self._graph = _SingleModels(models, known)
        for name in models:
            if name not in known:
                known[name] = dict.fromkeys(self._graph.block_of(name).columns, "unknown")
        self._direct: dict[str, BlockColumns] = {}
        self._origin: dict[str, BlockColumns] = {}

    def direct(self, model: str) -> dict[str, Deciders]:
        """Return for each column its deciders among the columns that the model's own SQL reads."""
        return _by_column(self._of_own_sql(model))

    def origins(self, model: str) -> dict[str, Deciders]:
        """Return for each column its deciders among the columns of source tables."""
        return _by_column(self._of_sources(model))

    def _of_own_sql(self, model: str) -> BlockColumns:
        if model not in self._direct:
            self._direct[model] = ColumnSources(self._graph).of(self._graph.block_of(model))
        return self._direct[model]

    def _of_sources(self, model: str) -> BlockColumns:
        if model not in self._origin:
            direct = self._of_own_sql(model)
            self._origin[model] = BlockColumns(
                {name: self._followed(found) for name, found in direct.values.items()},
                self._followed(direct.rows),
            )
        return self._origin[model]

    def _followed(self, found: Iterable[ColumnDecider]) -> Deciders:
        """Replace each decider that is a model's column by the source columns of that column."""
        return frozenset(origin for one in found for origin in self._origin_of(one))

    def _origin_of(self, one: ColumnDecider) -> Iterable[ColumnDecider]:
        if one.table is None or one.column is None or one.table not in self._models:
            return [one]
        below = self._of_sources(one.table)
        if one.kind == ALL_ROWS:
            return below.rows
        if one.column == EVERY:
            return [ColumnDecider(one.kind, table, EVERY) for table in below.tables]
        return as_kind(below.column(one.column), one.kind)


@dataclass(frozen=True)
class _SingleModels(ModelGraph):
    """Treats views as tables. A model's deciders are then columns that its own SQL names."""

    def is_stored(self, table: str) -> bool:  # noqa: ARG002
        return True


def _by_column(known: BlockColumns) -> dict[str, Deciders]:
    """Return for each column the deciders of its value and the deciders of its rows.

    A column whose value is a constant has only the deciders of its rows.
    """
    rows = frozenset(one for one in known.rows if one.kind != ALL_ROWS)
    counted = frozenset(ColumnDecider("value", table, EVERY) for table in known.tables)
    found = {}
    for name, deciders in known.values.items():
        own = frozenset(one for one in deciders if one.kind != ALL_ROWS)
        found[name] = own | rows or counted or frozenset([CONSTANT])
    return found
