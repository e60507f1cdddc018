"""A hash of a table's content, independent of the order of the rows and of the engine.

Definition. Columns are sorted by name. Columns of clock times (timestamps with time zone) are left
out. A row is encoded as the concatenation of ``<length>:<text>`` for each column, or ``-`` for
null, in UTF-8; the length is in characters; decimals, dates and booleans are written as SQL prints
them. The hash of a row is its SHA-256, split into four numbers of 64 bits. The hash of the table is
the SHA-256 of a header (names and types), the number of rows, and the four sums of these numbers
modulo 2^64. Sums do not depend on the order, and a row that occurs twice counts twice.
"""

import hashlib

import duckdb

PARTS = 4


def content_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """The hash of ``schema.table`` in the current database, as 64 hexadecimal digits."""
    columns = connection.execute(
        """
        select column_name, data_type from information_schema.columns
        where table_catalog = current_database() and table_schema = ? and table_name = ?
        order by column_name
        """,
        [schema, table],
    ).fetchall()
    hashed = [(n, t) for n, t in columns if t != "TIMESTAMP WITH TIME ZONE"]
    row = " || ".join(_value(name) for name, _ in hashed) or "''"
    sums = ", ".join(
        f"coalesce(sum(cast('0x' || substr(digest, {16 * i + 1}, 16) as ubigint)::hugeint), 0)"
        for i in range(PARTS)
    )
    [(rows, *parts)] = connection.execute(
        f'select count(*), {sums} from (select sha256({row}) as digest from "{schema}"."{table}")'
    ).fetchall()
    return combine(hashed, rows, parts)


def combine(columns: list[tuple[str, str]], rows: int, sums: list[int]) -> str:
    """The table's hash from its columns (name, type), number of rows and four sums."""
    header = ",".join(f"{name} {kind}" for name, kind in columns)
    parts = ",".join(str(s % 2**64) for s in sums)
    return hashlib.sha256(f"{header}\n{rows}\n{parts}".encode()).hexdigest()


def _value(column: str) -> str:
    text = f'cast("{column}" as varchar)'
    return f"coalesce(length({text}) || ':' || {text}, '-')"
