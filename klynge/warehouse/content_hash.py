"""A hash of what a table says, whatever the order of its rows and whichever engine holds it.

Definition. Columns are taken in order of name; columns that tell the clock (timestamps with time
zone) are left out. A row is the concatenation, for each column, of ``<length>:<text>`` in UTF-8,
length counted in characters, ``-`` for null; decimals, dates and booleans stand as SQL prints them.
A row's hash is its SHA-256; a table's hash is the SHA-256 of a header (names and types) and the
count of rows and the four sums, modulo 2^64, of the row hashes' four 64-bit parts. Sums do not
depend on order, and a row that stands twice counts twice.
"""

import hashlib

import duckdb

PARTS = 4


def content_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """The hash of ``schema.table`` in the database that is in use, as 64 hexadecimal digits."""
    columns = connection.execute(
        """
        select column_name, data_type from information_schema.columns
        where table_catalog = current_database() and table_schema = ? and table_name = ?
        order by column_name
        """,
        [schema, table],
    ).fetchall()
    kept = [(n, t) for n, t in columns if t != "TIMESTAMP WITH TIME ZONE"]
    row = " || ".join(_value(name) for name, _ in kept) or "''"
    sums = ", ".join(
        f"coalesce(sum(cast('0x' || substr(digest, {16 * i + 1}, 16) as ubigint)::hugeint), 0)"
        for i in range(PARTS)
    )
    [(rows, *parts)] = connection.execute(
        f'select count(*), {sums} from (select sha256({row}) as digest from "{schema}"."{table}")'
    ).fetchall()
    return combine(kept, rows, parts)


def combine(columns: list[tuple[str, str]], rows: int, sums: list[int]) -> str:
    """The table's hash from its header, its number of rows and the sums of the rows' parts."""
    header = ",".join(f"{name} {kind}" for name, kind in columns)
    parts = ",".join(str(s % 2**64) for s in sums)
    return hashlib.sha256(f"{header}\n{rows}\n{parts}".encode()).hexdigest()


def _value(column: str) -> str:
    text = f'cast("{column}" as varchar)'
    return f"coalesce(length({text}) || ':' || {text}, '-')"
