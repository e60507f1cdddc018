"""Warn the reader of a query if the marts say that its rows are incomplete."""

import pyarrow as pa

from klynge.messages import Message, counted, message
from klynge.releases.queries import named_tables
from klynge.releases.reading import Release

#: The column that says how complete a row is, and its values for rows without gaps.
COLUMN, WHOLE = "completeness", ("complete", "printed")


def describe_incomplete_rows(
    release: Release, sql: str, answer: pa.Table, *, restricted: bool = False
) -> Message | None:
    """Return a note if rows of an answer are partial or lack refused rows, otherwise None.

    If the answer shows :data:`COLUMN`, the note counts the answer's incomplete rows. Otherwise the
    note names those marts of the query that have an incomplete row.
    """
    marts = _marts_read(release, sql, restricted=restricted)
    if not marts:
        return None
    if COLUMN in answer.column_names:
        values = answer[COLUMN].to_pylist()
        lacking = sum(value is not None and value not in WHOLE for value in values)
        return _count(lacking) if lacking else None
    named = [mart for mart in marts if _has_incomplete_rows(release, mart, restricted=restricted)]
    if not named:
        return None
    return message(
        "note: {marts} has rows that are partial or computed from a file with refused rows; the "
        "column completeness says which",
        marts=named,
    )


def _count(rows: int) -> Message:
    return counted(
        "note: {count:,} row is partial or computed from a file with refused rows; the column "
        "completeness says which",
        "note: {count:,} rows are partial or computed from a file with refused rows; the column "
        "completeness says which",
        rows,
    )


def _marts_read(release: Release, sql: str, *, restricted: bool) -> list[str]:
    """The tables (``schema.table``) that a query names and that have :data:`COLUMN`."""
    named = named_tables(sql)
    found = release.arrow(
        "select distinct table_schema || '.' || table_name as name, table_name "
        f"from information_schema.columns where column_name = '{COLUMN}' order by name",
        restricted=restricted,
    ).to_pylist()
    return [one["name"] for one in found if one["table_name"] in named]


def _has_incomplete_rows(release: Release, mart: str, *, restricted: bool) -> bool:
    whole = ", ".join(f"'{value}'" for value in WHOLE)
    found = release.arrow(
        f"select 1 as one from {mart} where {COLUMN} not in ({whole}) limit 1",
        restricted=restricted,
    )
    return bool(found.num_rows)
