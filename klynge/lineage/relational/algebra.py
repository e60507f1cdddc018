"""What a model comes to: a graph of small blocks, each one step of relational algebra.

Columns inside a block's expressions are named ``"alias"."column"`` in a :class:`Select`, and
``"column"`` in every other block. A block may be read by several others.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

Keyword = Literal["except", "intersect"]
Side = Literal["inner", "left", "right", "full"]

#: What the rows of a sub-query are called in what ties them to outer ones.
WITNESS = "~witness"


@dataclass(eq=False)
class Block:
    """One step; ``model`` is the ``schema.table`` whose SQL it stands in."""

    model: str
    columns: tuple[str, ...]

    @property
    def sources(self) -> tuple["Block", ...]:
        """The blocks that it reads."""
        return ()


@dataclass(eq=False)
class TableScan(Block):
    """A table as the release holds it: raw, reference, or a model made as a table."""


@dataclass(eq=False)
class Values(Block):
    """Rows that rest on no table: a table function, or a single row of constants."""

    #: what stands in the FROM clause, or None for one row of no columns
    source: exp.Expr | None


@dataclass(eq=False)
class JoinInput:
    """One side of a join; ``on`` is None for the first and for cross joins."""

    alias: str
    block: Block
    side: Side = "inner"
    on: exp.Expr | None = None
    #: a scalar sub-query: one value for all rows
    scalar: bool = False


@dataclass(eq=False)
class Subquery:
    """A sub-query that could not be made a join; its tables are named in ``blocks``."""

    #: ``absent`` decides by what is not there; of ``witness`` one row of ``rows`` is the support,
    #: of ``whole`` the whole source
    kind: Literal["absent", "witness", "whole"]
    clause: str
    blocks: dict[str, Block]
    #: those of which one that fulfils ``on`` is enough
    rows: Block | None = None
    #: what ties those rows, :data:`WITNESS` by name, to the outer ones
    on: list[exp.Expr] = field(default_factory=list)


@dataclass(eq=False)
class Select(Block):
    """Joins, filters and expressions: FROM, WHERE and SELECT without groups or windows."""

    inputs: list[JoinInput]
    outputs: dict[str, exp.Expr]
    where: list[exp.Expr] = field(default_factory=list)
    #: the keyword that ``where`` was written with
    clause: str = "where"
    subqueries: list[Subquery] = field(default_factory=list)

    @property
    def sources(self) -> tuple[Block, ...]:
        inner = [block for sub in self.subqueries for block in sub.blocks.values()]
        return (*(source.block for source in self.inputs), *inner)


@dataclass(eq=False)
class Aggregate(Block):
    """Rows of its source by equal keys; without keys, one row of everything."""

    source: Block
    keys: tuple[str, ...]
    aggregates: dict[str, exp.Expr]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class Window(Block):
    """The rows of its source with a column more for each window."""

    source: Block
    windows: dict[str, exp.Window]

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.source,)


@dataclass(eq=False)
class UnionAll(Block):
    """UNION ALL: columns by position."""

    parts: list[Block]

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.parts)


@dataclass(eq=False)
class SetOperation(Block):
    """EXCEPT or INTERSECT, distinct or all: columns by position."""

    left: Block
    right: Block
    keyword: Keyword
    distinct: bool

    @property
    def sources(self) -> tuple[Block, ...]:
        return (self.left, self.right)


@dataclass(eq=False)
class Opaque(Block):
    """Anything else, as SQL over named blocks: all rows of its sources support each of its own."""

    query: exp.Expr
    blocks: dict[str, Block]
    reason: str

    @property
    def sources(self) -> tuple[Block, ...]:
        return tuple(self.blocks.values())


def walk(block: Block) -> Iterator[Block]:
    """The block and all below it, each once, sources before readers."""
    seen: set[int] = set()

    def visit(one: Block) -> Iterator[Block]:
        if id(one) in seen:
            return
        seen.add(id(one))
        for source in one.sources:
            yield from visit(source)
        yield one

    yield from visit(block)
