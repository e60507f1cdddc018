"""Rows of blocks during a computation: nodes with numbered rows, and relations over nodes."""

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

#: The column with the number of a row, in every relation.
ROW = '"~"'

#: How the rows of a node result from the rows of its sources.
NodeKind = Literal[
    "scan", "values", "select", "aggregate", "window", "union", "set_operation", "opaque"
]


class TooManyRowsError(Exception):
    """More rows than may be held at once; the message names the table."""


@dataclass(eq=False)
class RowNode:
    """A table with the rows of a block that matter, and the source rows of each row.

    A temporary table has the numbers of its sources' rows in columns ``"~1"``, ``"~2"``, …
    """

    number: int
    block: Block
    #: the temporary table, or the stored one
    table: str
    kind: NodeKind
    sources: list["RowNode"] = field(default_factory=list)
    #: the columns of the block that were asked for
    needed: set[str] = field(default_factory=set)
    #: for a scan: the columns that have conditions
    filtered: set[str] = field(default_factory=set)
    #: for a select: each input with its rows
    inputs: list[tuple[JoinInput, "Relation"]] = field(default_factory=list)
    #: for a select: position of a source -> the EXISTS that looks for a matching row in it
    witnesses: dict[int, Subquery] = field(default_factory=dict)
    #: for a select: its conditions as they were run; for a scan: the condition of each use
    conditions: list[str] = field(default_factory=list)


@dataclass(eq=False)
class Relation:
    """SQL with some columns of a block and, in :data:`ROW`, the row numbers of a node."""

    sql: str
    node: RowNode
    columns: tuple[str, ...]
    #: whether it is a temporary table without further SQL
    is_table: bool = False


def quoted_list(names: Sequence[str]) -> str:
    """The columns as a part of a select list: ``, "a", "b"``."""
    return "".join(f", {quote_identifier(name)}" for name in names)


def is_filtered_scan(block: Block) -> bool:
    """Whether a block reads one table and only filters and renames."""
    while isinstance(block, Select) and len(block.inputs) == 1 and not block.subqueries:
        block = block.inputs[0].block
    return isinstance(block, TableScan | Values)


def outer_ties(sub: Subquery) -> list[exp.Column]:
    """The columns of outer rows in the conditions of an EXISTS."""
    return [c for one in sub.on for c in one.find_all(exp.Column) if c.table != WITNESS]


def tie_name(column: exp.Column) -> str:
    """The name of such an outer column in the node's table."""
    return f"~{column.table}.{column.name}"


def tie_columns(block: Select) -> str:
    """The outer columns of all EXISTS sub-queries, as a part of a select list."""
    ties = {tie_name(c): c.sql(DIALECT) for sub in block.subqueries for c in outer_ties(sub)}
    return "".join(f", {text} as {quote_identifier(name)}" for name, text in ties.items())


def join_sql(inputs: Sequence[JoinInput], relations: Sequence[str]) -> str:
    """The FROM clause that joins inputs; ``relations`` has the SQL of each input's rows."""
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
    """The WHERE clause with all conditions; empty if there are none."""
    return f" where {' and '.join(f'({one})' for one in conditions)}" if conditions else ""
