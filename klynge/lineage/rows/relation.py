"""Nodes are tables with the rows of blocks. Relations are SQL that reads these rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from sqlglot import exp

from klynge.lineage.relational.algebra import (
    WITNESS,
    Block,
    JoinInput,
    Select,
    Subquery,
    TableScan,
    Values,
)
from klynge.lineage.relational.expressions import DIALECT, quote_identifier

#: In every relation, this column has the number of a row.
ROW = '"~"'

#: The kind of a node tells how its rows are computed from the rows of its sources.
NodeKind = Literal[
    "scan", "values", "select", "aggregate", "window", "union", "set_operation", "opaque"
]


class TooManyRowsError(Exception):
    """A table has more rows than allowed. The message names the table."""


@dataclass(eq=False)
class RowNode:
    """A table with the rows of a block that matter for a question.

    In a temporary table for a select or a window, each row has the numbers of its source rows.
    ``"~1"`` is the row number in the first source, ``"~2"`` is the row number in the second source,
    and so on. A row of a union comes from one source only. For such a row, ``"~part"`` is the
    position of the source, and ``"~1"`` is the row number in the source.
    """

    number: int
    block: Block
    #: the name of the temporary table or of the stored table
    table: str
    kind: NodeKind
    sources: list["RowNode"] = field(default_factory=list)
    #: the columns of the block that are needed
    needed: set[str] = field(default_factory=set)
    #: for a scan: the columns that have conditions
    filtered: set[str] = field(default_factory=set)
    #: for a select: each join input, with the relation that has its rows
    inputs: list[tuple[JoinInput, "Relation"]] = field(default_factory=list)
    #: for a select: position of a source -> the EXISTS that looks for a matching row in the source
    witnesses: dict[int, Subquery] = field(default_factory=dict)
    #: the conditions of a select, as they were run; for a scan, one condition for each reader
    conditions: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Relation:
    """SQL for the rows of a node: some columns of the block, and the row number :data:`ROW`."""

    sql: str
    node: RowNode
    columns: tuple[str, ...]
    #: whether the SQL reads a temporary table and does nothing else
    is_table: bool = False


def quoted_list(names: Sequence[str]) -> str:
    """Write the columns as the rest of a select list: ``, "a", "b"``."""
    return "".join(f", {quote_identifier(name)}" for name in names)


def is_filtered_scan(block: Block) -> bool:
    """Whether a block reads one table and does nothing but filter and rename."""
    while isinstance(block, Select) and len(block.inputs) == 1 and not block.subqueries:
        block = block.inputs[0].block
    return isinstance(block, TableScan | Values)


def outer_ties(sub: Subquery) -> list[exp.Column]:
    """Return the columns of outer rows that the conditions of an EXISTS use."""
    return [c for one in sub.on for c in one.find_all(exp.Column) if c.table != WITNESS]


def tie_name(column: exp.Column) -> str:
    """Name the column of a node's table that stores an outer column of an EXISTS."""
    return f"~{column.table}.{column.name}"


def tie_columns(block: Select) -> str:
    """Write the outer columns of all EXISTS sub-queries as the rest of a select list."""
    ties = {tie_name(c): c.sql(DIALECT) for sub in block.subqueries for c in outer_ties(sub)}
    return "".join(f", {text} as {quote_identifier(name)}" for name, text in ties.items())


def join_sql(inputs: Sequence[JoinInput], relations: Sequence[str]) -> str:
    """Write the FROM clause that joins inputs. ``relations`` has the SQL of each input's rows."""
    clause = ""
    for one, relation in zip(inputs, relations, strict=True):
        aliased = f"{relation} as {quote_identifier(one.alias)}"
        if not clause:
            clause = aliased
        elif one.on is None:
            clause += f" cross join {aliased}"
        else:
            clause += f" {one.side} join {aliased} on {one.on.sql(DIALECT)}"
    return clause


def where_sql(conditions: Sequence[str]) -> str:
    """Write the WHERE clause with all conditions. It is empty if there are no conditions."""
    return f" where {' and '.join(f'({one})' for one in conditions)}" if conditions else ""
