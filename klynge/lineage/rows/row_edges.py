"""How the rows of a node hang together with those of its sources, in both directions."""

from collections.abc import Iterator
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
from klynge.lineage.relational.expressions import DIALECT, column
from klynge.lineage.rows.pushdown import quoted
from klynge.lineage.rows.restriction import (
    Node,
    contributes,
    is_ranking,
    is_value_window,
    outer_ties,
    tie_name,
)


@dataclass(frozen=True)
class RowEdge:
    """Rows of a node and of one of its sources that have equal keys.

    ``made`` and ``source`` are queries for ``row``, ``key0``, ``key1``, …; without ``source`` the
    one key is the source's row itself.
    """

    #: the place of the source
    place: int
    made: str
    source: str | None
    keys: int = 1
    #: what must also hold between the two
    condition: str = "true"
    #: the source's row only has a part in a window of the node's
    is_other: bool = False

    def every(self, demanded: str) -> str:
        """The same as :meth:`down` where all rows of the node are demanded, of one tag."""
        if self.source is not None:
            return self.down(demanded)
        return (
            "select one.tag, made.key0 as row "
            f"from (select any_value(tag) as tag from {demanded}) as one "
            f"cross join ({self.made}) as made"
        )

    def down(self, demanded: str) -> str:
        """A query for (tag, row) of the source, from those of the node."""
        if self.source is None:
            return (
                f"select demanded.tag, made.key0 as row from {demanded} as demanded "
                f"join ({self.made}) as made on made.row = demanded.row"
            )
        return (
            "select distinct made.tag, source.row from "
            "(select distinct demanded.tag, made.* exclude (row) "
            f"from {demanded} as demanded join ({self.made}) as made on made.row = demanded.row"
            f") as made join ({self.source}) as source on {self._on()}"
            if self.keys
            else f"select made.tag, source.row from (select distinct tag from {demanded}) as made "
            f"cross join ({self.source}) as source"
        )

    def up(self, came: str) -> str:
        """A query for (tag, row) of the node, from those of the source."""
        if self.source is None:
            return (
                f"select distinct came.tag, made.row from {came} as came "
                f"join ({self.made}) as made on made.key0 = came.row"
            )
        return (
            "select distinct source.tag, made.row from "
            "(select distinct came.tag, source.* exclude (row) "
            f"from {came} as came join ({self.source}) as source on source.row = came.row"
            f") as source join ({self.made}) as made on {self._on()}"
            if self.keys
            else f"select source.tag, made.row from (select distinct tag from {came}) as source "
            f"cross join ({self.made}) as made"
        )

    def _on(self) -> str:
        keys = [f"made.key{i} is not distinct from source.key{i}" for i in range(self.keys)]
        return " and ".join([*keys, self.condition])


@dataclass(frozen=True)
class WitnessEdge:
    """Rows of a node, and those of a source one of which each of them needs."""

    place: int
    made: str
    source: str
    #: columns of ``made`` that tie the two
    ties: tuple[str, ...]
    condition: str
    #: of several that could be the witness, all but one have no part in the figure
    is_other: bool = True

    def down(self, demanded: str) -> str:
        """A query for (tag, row) of the source: one row for each that the node's are tied by."""
        if not self.ties:
            return (
                f"select distinct demanded.tag, first.row from {demanded} as demanded cross join "
                f"(select min(rowid) as row from {self.source} as source where {self.condition}) "
                "as first where first.row is not null"
            )
        ties = ", ".join(f"made.{quoted(tie)}" for tie in self.ties)
        return (
            f"select made.tag, min(source.rowid) as row from (select distinct demanded.tag, {ties} "
            f"from {demanded} as demanded join {self.made} as made on made.rowid = demanded.row"
            f") as made join {self.source} as source on {self.condition} group by made.tag, {ties}"
        )

    def up(self, came: str) -> str:
        """A query for (tag, row) of the node, from those of the source."""
        return (
            f"select distinct came.tag, made.rowid as row from {came} as came "
            f"join {self.source} as source on source.rowid = came.row "
            f"join {self.made} as made on {self.condition}"
        )


def edges(node: Node) -> Iterator[RowEdge | WitnessEdge]:
    """The edges of a node to each of its sources."""
    if node.kind == "rows":
        yield from _of_select(node)
    elif node.kind == "union":
        for i in range(len(node.sources)):
            yield _numbered(node, i, f'where "~part" = {i}', number=1)
    elif node.kind == "group":
        yield _of_group(node, cast("Aggregate", node.block))
    elif node.kind == "window":
        yield _numbered(node, 0)
        yield from _of_windows(node, cast("Window", node.block))
    elif node.kind == "compared":
        block = cast("SetOperation", node.block)
        yield _of_side(node, 0, block.columns, block.left)
        if block.keyword == "intersect":
            yield _of_side(node, 1, block.columns, block.right)
    else:
        for i, source in enumerate(node.sources):
            yield _every(node, i, source)


def _of_select(node: Node) -> Iterator[RowEdge | WitnessEdge]:
    """The rows joined, a witness for each row where one is asked for, all rows of the others."""
    for i, source in enumerate(node.sources):
        if i in node.witnesses:
            yield _witnessed(node, i, node.witnesses[i])
        elif i < max(len(node.inputs), 1):
            yield _numbered(node, i)
        else:
            yield _every(node, i, source)


def _numbered(node: Node, i: int, where: str = "", number: int | None = None) -> RowEdge:
    name = quoted(f"~{number or i + 1}")
    where = where or f"where {name} is not null"
    return RowEdge(i, f"select rowid as row, {name} as key0 from {node.table} {where}", None)


def _witnessed(node: Node, i: int, sub: Subquery) -> WitnessEdge:
    def change(one: exp.Expr) -> exp.Expr:
        if not isinstance(one, exp.Column):
            return one
        if one.table == WITNESS:
            return column(one.name, "source")
        return column(tie_name(one), "made")

    on = " and ".join(f"({one.transform(change).sql(DIALECT)})" for one in sub.on)
    ties = tuple(dict.fromkeys(tie_name(c) for c in outer_ties(sub)))
    return WitnessEdge(i, node.table, node.sources[i].table, ties, on or "true")


def _every(node: Node, i: int, source: Node) -> RowEdge:
    made, read = (f"select rowid as row from {table}" for table in (node.table, source.table))
    return RowEdge(i, made, read, 0)


def _of_group(node: Node, block: Aggregate) -> RowEdge:
    """Rows of equal keys; of a group some of whose rows count, those."""
    if not block.keys:
        keys = ", 0 as key0"
    else:
        keys = "".join(f", {quoted(key)} as key{i}" for i, key in enumerate(block.keys))
    aggregates = {n: one for n, one in block.aggregates.items() if n in node.needed}
    return RowEdge(
        0,
        f'select rowid as row{keys}, "~counted" as counted from {node.table}',
        f"select rowid as row{keys}, ({contributes(aggregates)}) as counts "
        f"from {node.sources[0].table}",
        max(len(block.keys), 1),
        "(source.counts or not made.counted)",
    )


def _of_windows(node: Node, block: Window) -> Iterator[RowEdge]:
    source = node.sources[0].table
    for name, window in block.windows.items():
        if name not in node.needed:
            continue
        if is_value_window(window):
            pick = quoted("~" + name)
            made = f"select rowid as row, {pick} as key0 from {node.table} where {pick} is not null"
            yield RowEdge(0, made, None, is_other=True)
            continue
        parts = [one.sql(DIALECT) for one in window.args.get("partition_by") or []] or ["0"]
        keys = "".join(f", {part} as key{i}" for i, part in enumerate(parts))
        later = f" where {quoted(name)} > 1" if is_ranking(window) else ""
        yield RowEdge(
            0,
            f"select rowid as row{keys} from {node.table}{later}",
            f"select rowid as row{keys} from {source}",
            len(parts),
            is_other=True,
        )


def _of_side(node: Node, i: int, columns: tuple[str, ...], side: Block) -> RowEdge:
    made = "".join(f", {quoted(c)} as key{k}" for k, c in enumerate(columns))
    read = "".join(f", {quoted(c)} as key{k}" for k, c in enumerate(side.columns))
    return RowEdge(
        i,
        f"select rowid as row{made} from {node.table}",
        f"select rowid as row{read} from {node.sources[i].table}",
        len(columns),
    )
