"""Hash the content of a table. The order of the rows and the database engine do not matter.

Definition:

1. Columns are sorted by name. Timestamps with time zone are left out.
2. A row is encoded in UTF-8: ``<length>:<text>`` for each value, or ``-`` for NULL. The length is
   in characters. Decimals, dates and booleans are written as SQL prints them.
3. The SHA-256 of a row is split into four numbers of 64 bits.
4. Each of the four numbers is added up over all rows, modulo 2^64. The sums do not depend on the
   order of the rows. A row that occurs twice counts twice.
5. The hash of the table is the SHA-256 of a header (column names and types), the number of rows,
   and the four sums.
"""

import hashlib

import duckdb

PARTS = 4


def content_hash(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """Return the hash of ``schema.table`` in the current database, as 64 hexadecimal digits."""
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
    """Compute a table's hash from its columns (name, type), number of rows and four sums."""
    header = ",".join(f"{name} {kind}" for name, kind in columns)
    parts = ",".join(str(s % 2**64) for s in sums)
    return hashlib.sha256(f"{header}\n{rows}\n{parts}".encode()).hexdigest()


def _value(column: str) -> str:
    text = f'cast("{column}" as varchar)'
    return f"coalesce(length({text}) || ':' || {text}, '-')"
