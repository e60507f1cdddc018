"""Create the nodes of a restriction. Each node has a table."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from klynge.lineage.relational.algebra import Block
from klynge.lineage.relational.model_graph import ModelGraph
from klynge.lineage.rows.relation import (
    ROW,
    NodeKind,
    Relation,
    RowNode,
    TooManyRowsError,
    quoted_list,
)
from klynge.lineage.rows.temp_tables import TempTables, stored_name
from klynge.lineage.rows.value_sets import ValueSet


@dataclass
class NodeTables:
    """Creates nodes. Raises :class:`TooManyRowsError` if a table exceeds ``most_rows`` rows."""

    temp: TempTables
    graph: ModelGraph
    most_rows: int | None = None
    #: the nodes created so far; the sources of a node come before the node
    nodes: list[RowNode] = field(default_factory=list)
    _scans: dict[str, RowNode] = field(default_factory=dict)

    def create(
        self,
        block: Block,
        kind: NodeKind,
        sql: str,
        columns: tuple[str, ...],
        sources: list[RowNode],
    ) -> Relation:
        """Create a node with a temporary table from a query. Return the relation of its rows."""
        limit = self._limit(block)
        name = self.temp.table("rows", f"{sql}{limit}")
        if limit and self.temp.size(name) > (self.most_rows or 0):
            raise TooManyRowsError(block.model)
        node = self.node(block, name, kind, sources)
        node.needed = set(columns)
        sql = f"(select rowid as {ROW}{quoted_list(columns)} from {name})"
        return Relation(sql, node, columns, is_table=True)

    def node(self, block: Block, table: str, kind: NodeKind, sources: list[RowNode]) -> RowNode:
        """Create a node for a table that exists already."""
        node = RowNode(len(self.nodes), block, table, kind, sources)
        self.nodes.append(node)
        return node

    def scan(self, block: Block) -> RowNode:
        """Return the node of a stored table. All scans of the table share one node."""
        if block.model not in self._scans:
            self._scans[block.model] = self.node(block, stored_name(block.model), "scan", [])
        return self._scans[block.model]

    def materialize(self, rows: Relation, block: Block) -> Relation:
        """The rows of a relation as a temporary table."""
        if rows.is_table:
            return rows
        sql = f'select {ROW} as "~1"{quoted_list(rows.columns)} from {rows.sql} as source'
        return self.create(block, "select", sql, rows.columns, [rows.node])

    def value_set(self, sql: str, types: Mapping[str, str] | None = None) -> ValueSet:
        """Store the tuples that a query returns. ``types`` are its column types, if known."""
        return ValueSet(self.temp, self.temp.table("wanted", sql), types)

    def _limit(self, block: Block) -> str:
        """Return a LIMIT clause if the block could have more than ``most_rows`` rows."""
        if self.most_rows is None or self.graph.scanned_rows(block) <= self.most_rows:
            return ""
        return f" limit {self.most_rows + 1}"
