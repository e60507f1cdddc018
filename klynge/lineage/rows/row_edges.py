"""The edges between the rows of a node and the rows of its sources.

:mod:`~klynge.lineage.rows.relation` defines nodes. Each edge can be followed in both directions.
``down`` leads from a row of the node to the source rows on which it depends. ``up`` leads from a
source row to the rows of the node that depend on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    WITNESS,
    Aggregate,
    Block,
    SetOperation,
    Subquery,
    Window,
)
from klynge.lineage.relational.expressions import DIALECT, column_ref, quote_identifier
from klynge.lineage.rows.aggregate_contributions import contributes, is_ranking, is_value_function
from klynge.lineage.rows.relation import RowNode, outer_ties, tie_name


@dataclass(frozen=True)
class RowEdge:
    """An edge connects rows of a node with those rows of one source that have equal keys.

    ``target`` is a query for rows of the node, ``source`` a query for rows of the source. Both have
    the columns ``row``, ``key0``, ``key1``, … If ``source`` is None, ``key0`` of ``target`` is the
    number of the source row.
    """

    #: the position of the source among the sources of the node
    place: int
    target: str
    source: str | None
    keys: int = 1
    #: a further condition that a row of ``target`` and a row of ``source`` must satisfy
    condition: str = "true"
    #: whether the source row contributes to nothing but a window function of the target row
    is_window: bool = False

    def down(self, demanded: str, *, is_every: bool = False) -> str:
        """Return a query (tag, row) for the source rows on which the demanded rows depend.

        ``demanded`` is a table (tag, row) of rows of the node. ``is_every`` says that the table has
        all rows of the node, all with one tag.
        """
        if self.source is None and is_every:
            return (
                "select one.tag, target.key0 as row "
                f"from (select any_value(tag) as tag from {demanded}) as one "
                f"cross join ({self.target}) as target"
            )
        if self.source is None:
            return (
                f"select demanded.tag, target.key0 as row from {demanded} as demanded "
                f"join ({self.target}) as target on target.row = demanded.row"
            )
        if not self.keys:
            return (
                f"select target.tag, source.row from (select distinct tag from {demanded}) "
                f"as target cross join ({self.source}) as source"
            )
        return (
            "select distinct target.tag, source.row from "
            "(select distinct demanded.tag, target.* exclude (row) from "
            f"{demanded} as demanded join ({self.target}) as target on target.row = demanded.row"
            f") as target join ({self.source}) as source on {self._on()}"
        )

    def up(self, followed: str) -> str:
        """Return a query (tag, row) for the rows of the node that depend on rows in ``followed``.

        ``followed`` is a table (tag, row) of rows of the source.
        """
        if self.source is None:
            return (
                f"select distinct followed.tag, target.row from {followed} as followed "
                f"join ({self.target}) as target on target.key0 = followed.row"
            )
        if not self.keys:
            return (
                f"select source.tag, target.row from (select distinct tag from {followed}) "
                f"as source cross join ({self.target}) as target"
            )
        return (
            "select distinct source.tag, target.row from "
            "(select distinct followed.tag, source.* exclude (row) from "
            f"{followed} as followed join ({self.source}) as source on source.row = followed.row"
            f") as source join ({self.target}) as target on {self._on()}"
        )

    def _on(self) -> str:
        keys = [f"target.key{i} is not distinct from source.key{i}" for i in range(self.keys)]
        return " and ".join([*keys, self.condition])


@dataclass(frozen=True)
class WitnessEdge:
    """The edge of an EXISTS. A row of the node depends on one matching row of the source."""

    place: int
    target: str
    source: str
    #: the columns of ``target`` that the condition uses
    ties: tuple[str, ...]
    condition: str
    #: always true: one matching row is enough, so the figure does not depend on the other matching
    #: rows
    is_window: bool = True

    def down(self, demanded: str, *, is_every: bool = False) -> str:  # noqa: ARG002 - as RowEdge
        """Return a query (tag, row) for the first row in the source that matches a demanded row."""
        if not self.ties:
            return (
                f"select distinct demanded.tag, first.row from {demanded} as demanded cross join "
                f"(select min(rowid) as row from {self.source} as source where {self.condition}) "
                "as first where first.row is not null"
            )
        ties = ", ".join(f"target.{quote_identifier(tie)}" for tie in self.ties)
        return (
            f"select target.tag, min(source.rowid) as row from (select distinct demanded.tag, "
            f"{ties} from {demanded} as demanded join {self.target} as target "
            f"on target.rowid = demanded.row) as target "
            f"join {self.source} as source on {self.condition} group by target.tag, {ties}"
        )

    def up(self, followed: str) -> str:
        """Return a query (tag, row) for the rows of the node that depend on rows in ``followed``.

        ``followed`` is a table (tag, row) of rows of the source.
        """
        return (
            f"select distinct followed.tag, target.rowid as row from {followed} as followed "
            f"join {self.source} as source on source.rowid = followed.row "
            f"join {self.target} as target on {self.condition}"
        )


def row_edges(node: RowNode) -> Iterator[RowEdge | WitnessEdge]:
    """Return the edges from a node to its sources. A source may have several edges."""
    match node.kind:
        case "select":
            yield from _select_edges(node)
        case "union":
            for i in range(len(node.sources)):
                yield _numbered_edge(node, i, f'where "~part" = {i}', number=1)
        case "aggregate":
            yield _aggregate_edge(node, cast("Aggregate", node.block))
        case "window":
            yield _numbered_edge(node, 0)
            yield from _window_edges(node, cast("Window", node.block))
        case "set_operation":
            yield from _set_operation_edges(node, cast("SetOperation", node.block))
        case _:
            for i, source in enumerate(node.sources):
                yield _edge_to_all(node, i, source)


def _select_edges(node: RowNode) -> Iterator[RowEdge | WitnessEdge]:
    """The edges of a select.

    A row depends on the input rows from which it is joined. It also depends on one matching row of
    each EXISTS, and on all rows of every other sub-query. If a LEFT JOIN finds no partner for a
    row, the row depends only on the left side, because the right side has no row number.
    """
    for i, source in enumerate(node.sources):
        if i in node.witnesses:
            yield _witness_edge(node, i, node.witnesses[i])
        elif i < max(len(node.inputs), 1):
            yield _numbered_edge(node, i)
        else:
            yield _edge_to_all(node, i, source)


def _numbered_edge(node: RowNode, i: int, where: str = "", number: int | None = None) -> RowEdge:
    name = quote_identifier(f"~{number or i + 1}")
    where = where or f"where {name} is not null"
    return RowEdge(i, f"select rowid as row, {name} as key0 from {node.table} {where}", None)


def _witness_edge(node: RowNode, i: int, sub: Subquery) -> WitnessEdge:
    def rename(one: exp.Expr) -> exp.Expr:
        if not isinstance(one, exp.Column):
            return one
        if one.table == WITNESS:
            return column_ref(one.name, "source")
        return column_ref(tie_name(one), "target")

    on = " and ".join(f"({one.transform(rename).sql(DIALECT)})" for one in sub.on)
    ties = tuple(dict.fromkeys(tie_name(c) for c in outer_ties(sub)))
    return WitnessEdge(i, node.table, node.sources[i].table, ties, on or "true")


def _edge_to_all(node: RowNode, i: int, source: RowNode) -> RowEdge:
    target, read = (f"select rowid as row from {table}" for table in (node.table, source.table))
    return RowEdge(i, target, read, 0)


def _aggregate_edge(node: RowNode, block: Aggregate) -> RowEdge:
    """Return the edge to the contributing rows of the same group.

    If no row of the group contributes, the edge leads to all rows of the group.
    """
    keys = "".join(f", {quote_identifier(key)} as key{i}" for i, key in enumerate(block.keys))
    keys = keys or ", 0 as key0"
    aggregates = {n: one for n, one in block.aggregates.items() if n in node.needed}
    return RowEdge(
        0,
        f'select rowid as row{keys}, "~counted" as counted from {node.table}',
        f"select rowid as row{keys}, ({contributes(aggregates)}) as counts "
        f"from {node.sources[0].table}",
        max(len(block.keys), 1),
        "(source.counts or not target.counted)",
    )


def _window_edges(node: RowNode, block: Window) -> Iterator[RowEdge]:
    """Return the edges to the other rows that contribute to the needed window functions."""
    needed: Mapping[str, exp.Window] = {
        name: window for name, window in block.windows.items() if name in node.needed
    }
    for name, window in needed.items():
        if is_value_function(window):
            pick = quote_identifier(f"~{name}")
            target = f"select rowid as row, {pick} as key0 from {node.table}"
            yield RowEdge(0, f"{target} where {pick} is not null", None, is_window=True)
        else:
            yield _partition_edge(node, name, window)


def _partition_edge(node: RowNode, name: str, window: exp.Window) -> RowEdge:
    """Return the edge to every row of the same partition. A row with rank 1 has no such edge."""
    parts = [one.sql(DIALECT) for one in window.args.get("partition_by") or []] or ["0"]
    keys = "".join(f", {part} as key{i}" for i, part in enumerate(parts))
    later = f" where {quote_identifier(name)} > 1" if is_ranking(window) else ""
    return RowEdge(
        0,
        f"select rowid as row{keys} from {node.table}{later}",
        f"select rowid as row{keys} from {node.sources[0].table}",
        len(parts),
        is_window=True,
    )


def _set_operation_edges(node: RowNode, block: SetOperation) -> Iterator[RowEdge]:
    """Return the edges to equal rows of the left side and, for INTERSECT, of the right side."""
    yield _side_edge(node, 0, block.columns, block.left)
    if block.keyword == "intersect":
        yield _side_edge(node, 1, block.columns, block.right)


def _side_edge(node: RowNode, i: int, columns: tuple[str, ...], side: Block) -> RowEdge:
    target, read = (
        "".join(f", {quote_identifier(c)} as key{k}" for k, c in enumerate(names))
        for names in (columns, side.columns)
    )
    return RowEdge(
        i,
        f"select rowid as row{target} from {node.table}",
        f"select rowid as row{read} from {node.sources[i].table}",
        len(columns),
    )
