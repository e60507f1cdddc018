"""What a trace says, and what it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: ``proved``: the support alone gives the figure. ``guarded``: it does where each step is held to
#: the keys that were asked for. ``coarse``: the support is wider than what is needed. ``global``:
#: everything that a condition admits. ``failed``: it does not give the figure.
Status = Literal["proved", "guarded", "coarse", "global", "failed"]


@dataclass(frozen=True)
class Figure:
    """One cell of a mart, or with ``column`` None one row."""

    mart: str
    key: Mapping[str, Any]
    column: str | None
    value: Any


@dataclass(frozen=True)
class RowSet:
    """The rows of a table that a figure rests on, or that were considered for it.

    ``hash`` depends on which rows they are and not on their order; ``condition`` is SQL that
    selects them where a trace knows one.
    """

    table: str
    rows: int
    hash: str
    condition: str | None = None


@dataclass(frozen=True)
class Step:
    """One model on the way; ``rows`` is None for a view, whose rows are not kept."""

    model: str
    sql: str
    reads: tuple[str, ...]
    rows: int | None


@dataclass(frozen=True)
class Considered:
    """Rows that are no part of the support, and whose absence could have changed the figure."""

    kind: str
    model: str
    clause: str
    part: RowSet


@dataclass(frozen=True)
class Certificate:
    """Whether the support gives the figure, and which code and inputs that is true of."""

    status: Status
    reasons: tuple[str, ...]
    #: SHA-256 of the compiled SQL of every model on the way
    sql: str
    #: content hashes of the stored tables on the way, as the release's manifest has them
    tables: Mapping[str, str | None]
    #: by load, the SHA-256 of each of its files, as the release's manifest has them
    loads: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Trace:
    """A figure, what it rests on, and the proof."""

    figure: Figure
    #: raw and reference tables
    support: tuple[RowSet, ...]
    #: from the mart down
    steps: tuple[Step, ...]
    certificate: Certificate
    _rows: Callable[[str, int | None], list[dict[str, Any]]] = field(repr=False)
    _where: Callable[[str], str] = field(repr=False)
    _considered: Callable[[], tuple[Considered, ...]] = field(repr=False)

    def rows(self, table: str, most: int | None = None) -> list[dict[str, Any]]:
        """The figure's rows of a raw table or of a model that is a table; ``row_key`` identifies.

        Answers until the next trace of the same tracer.
        """
        return self._rows(table, most)

    def where(self, table: str) -> str:
        """SQL that selects the same rows of the stored table, in the tracer's connection."""
        return self._where(table)

    def considered(self) -> tuple[Considered, ...]:
        """What decided by not being there; answers until the next trace of the same tracer."""
        return self._considered()


@dataclass(frozen=True)
class Verdict:
    """What came of replaying one mart's rows."""

    mart: str
    rows: int
    cells: int
    #: rows by status
    statuses: Mapping[Status, int]
    #: for rows that are not proved: key, status and reason, the first of each kind
    examples: tuple[tuple[Mapping[str, Any], Status, str], ...] = ()


@dataclass(frozen=True, order=True)
class LeftOut:
    """What leaves a row out: the model and the clause in it."""

    model: str
    clause: str


@dataclass(frozen=True)
class Destination:
    """A row of a mart that a raw row went into."""

    mart: str
    key: Mapping[str, Any]


@dataclass(frozen=True)
class Forward:
    """Where one raw row went, and what left it out where it did not come through."""

    table: str
    row_key: str
    row: Mapping[str, Any]
    destinations: tuple[Destination, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True)
class Coverage:
    """What became of the rows of one raw table.

    ``left_out`` counts rows that reach no figure, by all that leaves them out; ``unaccounted`` are
    rows that neither reach a figure nor are left out by anything that has a name.
    """

    table: str
    rows: int
    reaching: int
    left_out: Mapping[tuple[LeftOut, ...], int]
    unaccounted: int
