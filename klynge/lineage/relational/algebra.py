"""Relational blocks: the operators of a query, connected as a graph.

The expressions of a :class:`Select` write a column as ``"alias"."column"``. All other blocks write
it as ``"column"``. Several blocks may read the same block.

Example: ``select shop, sum(amount) as amount from sales where year = 2021 group by shop`` becomes
``Select(Aggregate(Select(TableScan)))``. The inner select filters, the aggregate groups, and the
outer select names the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

SetKeyword = Literal["except", "intersect"]
JoinSide = Literal["inner", "left", "right", "full"]
SubqueryKind = Literal["absent", "witness", "whole"]

#: The conditions between a sub-query and its outer rows give the sub-query's rows this alias.
WITNESS = "~witness"


@dataclass(eq=False)
class Block:
    """One operator. ``model`` is the ``schema.table`` whose SQL contains the operator."""

    model: str
    columns: tuple[str, ...]

    @property
    def sources(self) -> tuple["Block", ...]:
        """The blocks that this block reads."""
        return ()


@dataclass(eq=False)
class TableScan(Block):
    """A table that the release stores: raw, reference, or a model that is not a view."""


@dataclass(eq=False)
class Values(Block):
    """Rows that depend on no table: a table function, VALUES, or one row without columns."""

    #: the item of the FROM clause; None if there is one row without columns
    source: exp.Expr | None


@dataclass(eq=False)
class JoinInput:
    """One side of a join. ``on`` is None for the first input and for cross joins."""

    alias: str
    block: Block
    side: JoinSide = "inner"
    on: exp.Expr | None = None
    #: whether this is a scalar sub-query, which gives one value for all rows
    scalar: bool = False


@dataclass(eq=False)
class Subquery:
    """A sub-query that cannot be written as a join.

    ``blocks`` maps each table name in the sub-query to the block that the table reads. There are
    three kinds. ``absent`` requires that no matching row exists (NOT EXISTS, NOT IN). ``witness``
    (EXISTS) requires one matching row of ``rows``. ``whole`` depends on all rows that the sub-query
    reads.
    """

    kind: SubqueryKind
    clause: str
    blocks: dict[str, Block]
    #: for an EXISTS: its rows; at least one of them must satisfy ``on``
    rows: Block | None = None
    #: the conditions between the outer rows and ``rows``; they call ``rows`` :data:`WITNESS`
    on: list[exp.Expr] = field(default_factory=list)


@dataclass(eq=False)
class Select(Block):
    """Join, filter and output: FROM, WHERE and SELECT without groups and windows."""

    inputs: list[JoinInput]
    outputs: dict[str, exp.Expr]
    where: list[exp.Expr] = field(default_factory=list)
    #: the clause of the SQL from which ``where`` comes: where, having or qualify
    clause: str = "where"
    subqueries: list[Subquery] = field(default_factory=list)

    @property
    def subquery_blocks(self) -> list[Block]:
        """The blocks that the sub-queries of the select read."""
        return [block for sub in self.subqueries for block in sub.blocks.values()]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (*(source.block for source in self.inputs), *self.subquery_blocks)


@dataclass(eq=False)
class Aggregate(Block):
    """GROUP BY: one row for each combination of keys. Without keys, there is one row."""

    source: Block
    keys: tuple[str, ...]
    aggregates: dict[str, exp.Expr]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class Window(Block):
    """Adds one column for each window function to the rows of its source."""

    source: Block
    windows: dict[str, exp.Window]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class UnionAll(Block):
    """UNION ALL. The columns of the parts match by position."""

    parts: list[Block]

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.parts)


@dataclass(eq=False)
class SetOperation(Block):
    """EXCEPT or INTERSECT, distinct or all. The columns of the sides match by position."""

    left: Block
    right: Block
    keyword: SetKeyword
    distinct: bool

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.left, self.right)


@dataclass(eq=False)
class Opaque(Block):
    """SQL that the parser cannot turn into blocks. Each row depends on all rows that it reads."""

    query: exp.Expr
    #: table name in ``query`` -> the block that the table reads
    blocks: dict[str, Block]
    reason: str

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.blocks.values())


def walk(block: Block) -> Iterator[Block]:
    """Visit the block and all blocks below it, each once. Sources come before their readers."""
    seen: set[int] = set()

    def visit(one: Block) -> Iterator[Block]:
        if id(one) in seen:
            return
        seen.add(id(one))
        for source in one.sources:
            yield from visit(source)
        yield one

    yield from visit(block)
