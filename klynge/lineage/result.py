"""The results of a trace as plain data: figures, row sets, steps and proofs.

:class:`~klynge.lineage.trace.Trace` combines these results for one figure. A program that knows
more about a release can extend these classes. For example, it can give labels to a :class:`Figure`,
or checks to a :class:`TraceStep`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The statuses of a proof. ``proved``: the supporting rows alone give the figure. ``guarded``: the
#: supporting rows give the figure if each model keeps only the rows whose keys the trace found.
#: ``coarse``: there are more supporting rows than needed. ``global``: the figure depends on every
#: row that a condition selects. ``failed``: the supporting rows do not give the figure.
STATUSES = ("proved", "guarded", "coarse", "global", "failed")


@dataclass(frozen=True)
class Figure:
    """One cell of a mart, or a whole row if ``column`` is None."""

    table: str
    column: str | None
    key: dict[str, Any]
    value: Any


@dataclass(frozen=True)
class RowSet:
    """Some rows of a table.

    ``hash`` depends on which rows are in the set, but not on their order. ``condition`` is an SQL
    condition that selects the rows. It is None if the trace knows no such condition.
    """

    table: str
    rows: int
    hash: str
    condition: str | None = None


@dataclass(frozen=True)
class TraceStep:
    """One table or view between a figure and its source rows.

    ``rows`` is the number of rows that the figure depends on. ``of`` is the number of rows in the
    table. Both are None for a view, and for a table whose rows were not followed one by one.
    ``reads`` are the tables that the step reads and that are part of the trace. ``sql`` is None for
    a source table.
    """

    table: str
    sql: str | None
    reads: list[str]
    rows: int | None
    of: int | None


@dataclass(frozen=True)
class Considered:
    """Rows that do not support the figure, although an SQL clause read them to decide its value.

    Example: the clause ``not exists (select … from raw.blocked)`` reads rows of ``raw.blocked``. If
    one of these rows had other values, the figure could be different.
    """

    #: the kind of the clause, such as ``absent``, ``window``, ``group`` or ``left join``
    kind: str
    model: str
    clause: str
    row_sets: tuple[RowSet, ...]

    @property
    def rows(self) -> dict[str, int]:
        """Table -> number of rows."""
        return {one.table: one.rows for one in self.row_sets}


@dataclass(frozen=True)
class Proof:
    """Whether the supporting rows alone give the figure.

    ``reasons`` explain a status other than ``proved``. If the rows of a model were followed by keys
    instead of one by one, ``reasons`` also name the model.
    """

    #: one of :data:`STATUSES`
    status: str
    reasons: list[str]


@dataclass(frozen=True)
class Verdict:
    """The result of replaying one mart's rows."""

    mart: str
    rows: int
    cells: int
    #: status -> number of rows
    statuses: Mapping[str, int]
    #: some rows that are not proved, as (key, status, reason): one row for each status and reason
    examples: tuple[tuple[Mapping[str, Any], str, str], ...] = ()


@dataclass(frozen=True, order=True)
class LeftOut:
    """The clause that leaves a row out, and the model whose SQL has the clause."""

    model: str
    clause: str


@dataclass(frozen=True)
class Destination:
    """A row of a mart that depends on a source row."""

    mart: str
    key: Mapping[str, Any]


@dataclass(frozen=True)
class Forward:
    """The rows of marts that depend on one source row.

    ``left_out`` has the clauses that leave the source row out.
    """

    table: str
    row_key: str
    row: Mapping[str, Any]
    destinations: tuple[Destination, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Coverage:
    """How many rows of a source table reach a figure.

    ``left_out`` counts rows that do not reach a figure, by the clauses that left them out.
    ``unaccounted`` counts rows that do not reach a figure although no known clause leaves them out.
    """

    table: str
    rows: int
    reaching: int
    left_out: Mapping[tuple[LeftOut, ...], int]
    unaccounted: int
