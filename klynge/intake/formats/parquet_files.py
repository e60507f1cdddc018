"""Reading Parquet into the text that a CSV file would hold, with a limit on the unpacked size."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge.intake.contracts import Contract, Dialect
from klynge.intake.formats.text_file import (
    FileRefusedError,
    TextFile,
    check_header,
    known_names,
    nulls_for_empty,
    numbered,
    numbers_to,
    refuse_bomb,
    without_huge_fields,
)
from klynge.messages import message

_READABLE = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_date,
    pa.types.is_timestamp,
)


def read_parquet_file(path: Path, contract: Contract) -> TextFile:
    """Read every column as text, whatever its type; the line of a row is its number in the file."""
    try:
        metadata = pq.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
        check_header(path.name, schema.names, contract)
        for column in schema:
            _refuse_type(path.name, column)
        groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
        refuse_bomb(path, sum(group.total_byte_size for group in groups))
        _refuse_hollow(path, metadata.num_rows)
        # a text that many rows share is read only once
        with pq.ParquetFile(path, read_dictionary=schema.names) as file:
            table = file.read().rename_columns(known_names(schema.names, contract))
        _refuse_long_texts(path, table)
        rows = pa.table(
            {c.name: _column_as_text(table[c.name], contract.dialect) for c in contract.columns}
        )
        rows.validate(full=True)
    except FileRefusedError:
        raise
    except (pa.ArrowException, OSError, UnicodeDecodeError, OverflowError, MemoryError) as error:
        raise FileRefusedError(
            message(
                "{file} is not a whole Parquet file ({error}): write it again",
                file=path.name,
                error=_first_line(error),
            )
        ) from error
    numbers = numbers_to(rows.num_rows)
    return without_huge_fields(TextFile(numbered(rows, numbers, numbers), []))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _refuse_hollow(path: Path, rows: int) -> None:
    """Refuse a file with more rows than bytes, because even equal rows take memory when read."""
    if rows > path.stat().st_size:
        raise FileRefusedError(
            message(
                "{file}: {rows:,} rows in {bytes:,} bytes cannot all be told apart: write each row "
                "once",
                file=path.name,
                rows=rows,
                bytes=path.stat().st_size,
            )
        )


def _refuse_long_texts(path: Path, table: pa.Table) -> None:
    """Refuse texts that are stored once, but would fill the memory if repeated in every row."""
    total = 0
    for column in table.columns:
        for chunk in column.chunks:
            if pa.types.is_dictionary(chunk.type):
                lengths = pc.binary_length(chunk.dictionary.cast(pa.binary()))
                total += pc.sum(lengths.take(chunk.indices).cast(pa.int64())).as_py() or 0
    refuse_bomb(path, total)


def _refuse_type(name: str, column: pa.Field) -> None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    if not any(is_kind(kind) for is_kind in _READABLE):
        raise FileRefusedError(
            message(
                "{file}: column {column} is of type {type}; write it as text",
                file=name,
                column=column.name,
                type=str(kind),
            )
        )


def _column_as_text(column: pa.ChunkedArray, dialect: Dialect) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_boolean(kind):
        text = pc.if_else(column, *dialect.booleans)
    elif pa.types.is_date(kind):
        text = column.cast(pa.date32()).cast(pa.string())
    else:
        text = column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        text = pc.replace_substring_regex(text, r" 00:00:00(\.0+)?$", "")
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        # 5.0 and 5.00 are written 5
        text = pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")
        text = pc.replace_substring_regex(text, r"\.$", "")
        text = pc.replace_substring(text, ".", dialect.decimal)
    return nulls_for_empty(text)
