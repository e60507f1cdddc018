"""The basis of rows: which column holds it, and the rows of one basis."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from klynge.errors import InputError
from klynge.messages import Message, joined, message, one_of
from klynge.words import BASES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

#: The basis of invented rows.
SAMPLE = "sample"
#: The column that holds the basis in a mart, and the column that holds it in a fact of the star.
MART_COLUMN = "basis"
COLUMNS = (MART_COLUMN, "basis_id")


def basis_column(names: list[str]) -> str | None:
    """The column that holds the basis of the rows, or None."""
    return next((name for name in COLUMNS if name in names), None)


def bases_of(rows: pa.Table) -> list[str]:
    """The bases of the rows, in order. The list is empty if no column holds a basis."""
    column = basis_column(rows.column_names)
    return sorted(filter(None, rows[column].unique().to_pylist())) if column else []


def describe_bases(column: str | None, bases: Sequence[str], table: str) -> Message | None:
    """What a reader must know before adding up the rows of a table; None if there is nothing.

    ``column`` holds the basis. A mart has the same figure once for each basis. A fact of the star
    has it once in all, so its rows of several bases can be added up.
    """
    said = []
    if column == MART_COLUMN and len(bases) > 1:
        said.append(
            message(
                "{table} has the same figures on several bases: {bases}. Do not add them up: "
                'choose one, for example basis="{basis}"',
                table=table,
                bases=bases,
                basis=bases[0],
            )
        )
    if SAMPLE in bases:
        said.append(message("{table} has sample rows, which are invented", table=table))
    return joined(said) if said else None


def keep_basis(rows: pa.Table, basis: str, table: str) -> pa.Table:
    """The rows of one basis.

    Raises :class:`InputError` if the basis is unknown or the table has no basis.
    """
    import pyarrow.compute as pc  # noqa: PLC0415 - it takes time; most commands do without it

    if basis not in BASES:
        near = difflib.get_close_matches(basis, BASES, n=1, cutoff=0.4)
        raise InputError(
            message(
                "there is no basis {basis!r}: {hint}",
                basis=basis,
                hint=message("did you mean {names}?", names=near)
                if near
                else message("choose {names}", names=one_of([*BASES])),
            )
        )
    column = basis_column(rows.column_names)
    if column is None:
        raise InputError(
            message("the rows of {table} have no basis: leave the basis out", table=table)
        )
    return rows.filter(pc.equal(rows[column], basis))
