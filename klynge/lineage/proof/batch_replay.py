"""Replay many figures at once, each from its own supporting rows.

The supporting rows of one figure are called a world. Every world has a number, the tag, and every
row has the tag of its world. Two figures share one world in a model if they have the same
supporting rows in all its sources.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from klynge.lineage.proof.replay import ReplayedRows
from klynge.lineage.proof.tagged_sql import TAG, TaggedSql
from klynge.lineage.relational.algebra import TableScan, walk
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.relation import quoted_list
from klynge.lineage.rows.row_lineage import KeyGuards, Support
from klynge.lineage.rows.temp_tables import TempTables, stored_name


@dataclass(frozen=True)
class _Table:
    """The rows of a table in all worlds.

    ``shared`` is a table (figure, tag). ``is_tagged`` is False if the rows have no tags because all
    worlds have the same rows.
    """

    relation: str
    shared: str
    is_tagged: bool


@dataclass
class BatchReplay:
    """Computes models for many figures at once."""

    temp: TempTables
    graph: ModelGraph
    support: Support
    #: if given: each aggregate and each model keeps only rows whose keys are in these tables
    guards: KeyGuards | None = None
    _tables: dict[str, _Table] = field(default_factory=dict)

    def model(self, model: str) -> ReplayedRows:
        """Return the rows of a model in all worlds.

        Raises :class:`~klynge.lineage.proof.tagged_sql.NotTaggableError` if a block of the model
        cannot be computed for many worlds at once.
        """
        found = self._table(model)
        return ReplayedRows(found.relation, found.shared)

    def _table(self, table: str) -> _Table:
        if table not in self._tables:
            is_outside = self.guards is not None and table not in self.support.tables
            is_computed = table in self.graph.models and not is_outside
            self._tables[table] = self._compute(table) if is_computed else self._given(table)
        return self._tables[table]

    def _given(self, table: str) -> _Table:
        """Return the supporting rows of a table that is not computed. There may be none."""
        columns = quoted_list(tuple(self.graph.columns[table]))
        if table not in self.support.tables:
            nobody = self.temp.table("shared", "select 0 as figure, 0 as tag where false")
            none = (
                f"select cast(0 as integer) as {TAG}{columns} from {stored_name(table)} where false"
            )
            return _Table(f"({none})", nobody, is_tagged=True)
        rows = (
            f"(select support.tag as {TAG}{columns} from {self.support.tables[table]} as support "
            f"join {stored_name(table)} as rows on rows.rowid = support.row)"
        )
        return _Table(rows, self.support.shared[table], is_tagged=True)

    def _compute(self, model: str) -> _Table:
        block = self.graph.block_of(model)
        names = sorted({one.model for one in walk(block) if isinstance(one, TableScan)})
        sources = {name: self._table(name) for name in names}
        shared = self._worlds([one.shared for one in sources.values()])
        tags = self.temp.table("tags", f"select distinct tag from {shared}")
        relations = {
            name: (self._in_worlds(name, one, i, shared), one.is_tagged)
            for i, (name, one) in enumerate(sources.items())
        }
        writer = TaggedSql(relations.__getitem__, tags, self.guards or {})
        sql, is_tagged = writer.sql(block)
        columns = ", ".join(
            f"cast({quote_identifier(c)} as {kind}) as {quote_identifier(c)}"
            for c, kind in self.graph.columns[model].items()
        )
        columns = f"{TAG}, {columns}" if is_tagged else columns
        return _Table(self.temp.table("world", f"select {columns} from ({sql})"), shared, is_tagged)

    def _in_worlds(self, name: str, source: _Table, i: int, shared: str) -> str:
        """Return a query for the ``i``-th source, whose rows get the tags of the model's worlds."""
        if not source.is_tagged:
            return source.relation
        columns = "".join(f", rows.{quote_identifier(c)}" for c in self.graph.columns[name])
        return (
            f"(select worlds.tag as {TAG}{columns} from {source.relation} as rows "
            f"join (select distinct tag, tag{i} from {shared}) as worlds "
            f"on worlds.tag{i} = rows.{TAG})"
        )

    def _worlds(self, shared: Sequence[str]) -> str:
        """Create a table (figure, tag, tag0, tag1, …) with one tag per combination of source tags.

        ``tag0`` is the figure's tag in the first source, ``tag1`` its tag in the second source, and
        so on.
        """
        every = self.support.shared[next(iter(self.support.tables))]
        columns = "".join(f", t{i}.tag as tag{i}" for i in range(len(shared)))
        joins = " ".join(
            f"left join {tags} as t{i} on t{i}.figure = every.figure"
            for i, tags in enumerate(shared)
        )
        order = ", ".join(f"tag{i}" for i in range(len(shared))) or "1"
        return self.temp.table(
            "worlds",
            f"select *, cast(dense_rank() over (order by {order}) as integer) as tag "
            f"from (select every.figure{columns} from {every} as every {joins})",
        )
