"""Compute the tables that sub-queries read, if the sub-queries could not become joins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlglot import exp

from klynge.lineage.relational.algebra import Block, Select, Subquery
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.rows.node_tables import NodeTables
from klynge.lineage.rows.relation import Relation, RowNode


@dataclass(frozen=True)
class SubqueryTables:
    """Computes the tables that sub-queries read, and puts their names into the SQL."""

    #: returns all rows and all columns of a block
    rows: Callable[[Block], Relation]
    tables: NodeTables

    def bind_select(
        self, block: Select, outputs: dict[str, exp.Expr]
    ) -> tuple[dict[str, exp.Expr], list[exp.Expr]]:
        """Copy the outputs and conditions of a select; their sub-queries read computed tables."""
        if not block.subqueries:
            return outputs, block.where
        columns = {name: one.copy() for name, one in outputs.items()}
        where = [one.copy() for one in block.where]
        blocks = {name: b for sub in block.subqueries for name, b in sub.blocks.items()}
        for one in (*columns.values(), *where):
            self.bind(one, blocks)
        return columns, where

    def bind(self, query: exp.Expr, blocks: Mapping[str, Block]) -> list[RowNode]:
        """Compute the tables that a query reads, and write their new names into the query."""
        nodes = []
        for name, source in blocks.items():
            tables = [t for t in query.find_all(exp.Table) if t.name == name]
            if not tables:
                continue
            rows = self._table(source)
            columns = ", ".join(map(quote_identifier, source.columns))
            view = self.tables.temp.view("bound", f"select {columns} from {rows.sql}")
            for table in tables:
                table.set("this", exp.to_identifier(view, quoted=True))
            nodes.append(rows.node)
        return nodes

    def nodes(
        self, block: Select, joined: list[RowNode]
    ) -> tuple[list[RowNode], dict[int, Subquery]]:
        """Return the nodes that a select reads, and the EXISTS sub-queries.

        The nodes are those in ``joined``, and the nodes of the sub-queries. The mapping gives, for
        the position of a node, the EXISTS that looks for a matching row in this node.
        """
        whole = [sub for sub in block.subqueries if sub.kind == "whole"]
        nodes = joined + [self.rows(inner).node for sub in whole for inner in sub.blocks.values()]
        witnesses = {}
        for sub in block.subqueries:
            if sub.rows is not None:
                witnesses[len(nodes)] = sub
                nodes.append(self._table(sub.rows).node)
        return nodes, witnesses

    def _table(self, block: Block) -> Relation:
        return self.tables.materialize(self.rows(block), block)
