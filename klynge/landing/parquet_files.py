"""Parquet as the text that a CSV file would hold; a file that unpacks to too much is refused."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge.landing.contracts import Contract, Dialect
from klynge.landing.reading import (
    FileRefusedError,
    TextFile,
    check_header,
    numbered,
    numbers_to,
    refuse_bomb,
    without_huge_fields,
)


def read_parquet(path: Path, contract: Contract) -> TextFile:
    """Columns of text or of their own types; the line of a row is its number."""
    try:
        with pq.ParquetFile(path, read_dictionary=[c.name for c in contract.columns]) as file:
            check_header(path.name, file.schema_arrow.names, contract)
            groups = [file.metadata.row_group(n) for n in range(file.metadata.num_row_groups)]
            refuse_bomb(path, sum(group.total_byte_size for group in groups))
            _refuse_hollow(path, file.metadata.num_rows)
            table = file.read()
        _refuse_long_texts(path, table)
        rows = pa.table(
            {
                c.name: _as_text(path.name, c.name, table[c.name], contract.dialect)
                for c in contract.columns
            }
        )
        rows.validate(full=True)
    except FileRefusedError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise FileRefusedError(
            f"{path.name} is no whole Parquet file ({_first_line(error)}): write it again",
            f"{path.name} er ikke en hel Parquet-fil: skriv den igen",
        ) from error
    numbers = numbers_to(rows.num_rows)
    return without_huge_fields(TextFile(numbered(rows, numbers, numbers), []))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _refuse_hollow(path: Path, rows: int) -> None:
    """A constant column takes no room at all, and any number of rows costs memory."""
    if rows > path.stat().st_size:
        raise FileRefusedError(
            f"{path.name}: {rows:,} rows in {path.stat().st_size:,} bytes cannot all be told apart:"
            " write each row once",
            f"{path.name}: {rows:,} rækker i {path.stat().st_size:,} bytes kan ikke alle være "
            "forskellige: skriv hver række én gang",
        )


def _refuse_long_texts(path: Path, table: pa.Table) -> None:
    """A text that stands once in the file may stand in every row of the table."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                lengths = pc.binary_length(chunk.dictionary.cast(pa.binary()))
                total += pc.sum(lengths.take(chunk.indices).cast(pa.int64())).as_py() or 0
    refuse_bomb(path, total)


def _as_text(name: str, column_name: str, column: pa.ChunkedArray, dialect: Dialect) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        column = column.cast(kind)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind):
        text = column.cast(pa.string())
    elif pa.types.is_boolean(kind):
        text = pc.if_else(column, *dialect.booleans)
    elif pa.types.is_date(kind):
        text = column.cast(pa.date32()).cast(pa.string())
    elif pa.types.is_timestamp(kind):
        text = pc.replace_substring_regex(column.cast(pa.string()), r" 00:00:00(\.0+)?$", "")
    elif pa.types.is_integer(kind):
        text = column.cast(pa.string())
    elif pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        text = pc.replace_substring_regex(column.cast(pa.string()), r"(\.\d*?)0+$", r"\1")
        text = pc.replace_substring(pc.replace_substring_regex(text, r"\.$", ""), ".", dialect.decimal)
    else:
        raise FileRefusedError(
            f"{name}: column {column_name} is of type {kind}; write it as text",
            f"{name}: kolonnen {column_name} er af typen {kind}; skriv den som tekst",
        )
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
