"""Relational blocks: a query as a graph of operators.

Columns in the expressions of a :class:`Select` are written ``"alias"."column"``; in every other
block they are written ``"column"``. Several blocks may read the same block.

Example: ``select shop, sum(amount) as amount from sales where year = 2021 group by shop``
is ``Select(Aggregate(Select(TableScan)))``: filter, group, and name the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

SetKeyword = Literal["except", "intersect"]
JoinSide = Literal["inner", "left", "right", "full"]
SubqueryKind = Literal["absent", "witness", "whole"]

#: The alias of the sub-query's rows in the conditions that connect them to outer rows.
WITNESS = "~witness"


@dataclass(eq=False)
class Block:
    """One operator; ``model`` is the ``schema.table`` in whose SQL it is written."""

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

    #: the item of the FROM clause; None for one row without columns
    source: exp.Expr | None


@dataclass(eq=False)
class JoinInput:
    """One side of a join; ``on`` is None for the first input and for cross joins."""

    alias: str
    block: Block
    side: JoinSide = "inner"
    on: exp.Expr | None = None
    #: a scalar sub-query: one value for all rows
    scalar: bool = False


@dataclass(eq=False)
class Subquery:
    """A sub-query that cannot be written as a join.

    ``blocks`` maps each table name in the sub-query to the block that the table reads. Kinds:
    ``absent`` requires that no matching row exists (NOT EXISTS, NOT IN). ``witness`` (EXISTS)
    requires one matching row of ``rows``. ``whole`` depends on all rows that the sub-query reads.
    """

    kind: SubqueryKind
    clause: str
    blocks: dict[str, Block]
    #: the rows of an EXISTS; one row that satisfies ``on`` is enough
    rows: Block | None = None
    #: conditions between the outer rows and ``rows``; the alias of ``rows`` is :data:`WITNESS`
    on: list[exp.Expr] = field(default_factory=list)


@dataclass(eq=False)
class Select(Block):
    """Join, selection and projection: FROM, WHERE and SELECT without groups and windows."""

    inputs: list[JoinInput]
    outputs: dict[str, exp.Expr]
    where: list[exp.Expr] = field(default_factory=list)
    #: the keyword of the conditions ``where`` in the SQL: where, having or qualify
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
    """GROUP BY: one row for each combination of keys; without keys, one row."""

    source: Block
    keys: tuple[str, ...]
    aggregates: dict[str, exp.Expr]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class Window(Block):
    """The rows of its source with one more column for each window function."""

    source: Block
    windows: dict[str, exp.Window]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class UnionAll(Block):
    """UNION ALL; the columns of the parts match by position."""

    parts: list[Block]

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.parts)


@dataclass(eq=False)
class SetOperation(Block):
    """EXCEPT or INTERSECT, distinct or all; the columns of the sides match by position."""

    left: Block
    right: Block
    keyword: SetKeyword
    distinct: bool

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.left, self.right)


@dataclass(eq=False)
class Opaque(Block):
    """SQL that the parser cannot turn into blocks; each row depends on all rows that it reads."""

    query: exp.Expr
    #: table name in ``query`` -> the block that the table reads
    blocks: dict[str, Block]
    reason: str

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.blocks.values())


def walk(block: Block) -> Iterator[Block]:
    """The block and all blocks below it, each once, sources before readers."""
    seen: set[int] = set()

    def visit(one: Block) -> Iterator[Block]:
        if id(one) in seen:
            return
        seen.add(id(one))
        for source in one.sources:
            yield from visit(source)
        yield one

    yield from visit(block)
