"""Read the Danish name of a code as the code, such as ``Videnspredning og matchmaking``."""

import pyarrow as pa

from klynge.intake.contracts import Column, Contract
from klynge.intake.registers import codes_by_name, takes_names
from klynge.intake.row_checks import Registers, sent_column
from klynge.intake.spelling import plain_name


def with_codes(rows: pa.Table, contract: Contract, registers: Registers) -> pa.Table:
    """Replace names by codes in the rows; the text of the file stays in ``sent <column>``.

    ``rows`` has the contract's columns as text. A text stays unchanged if it is a code, or if it is
    not the name of exactly one code. Capital letters and blanks in a name make no difference.
    """
    for column in filter(takes_names, contract.columns):
        texts = rows[column.name]
        place = rows.column_names.index(column.name)
        coded = _coded(texts, column, registers)
        rows = rows.set_column(place, column.name, coded)
        rows = rows.append_column(sent_column(column.name), texts)
    return rows


def _coded(texts: pa.ChunkedArray, column: Column, registers: Registers) -> pa.ChunkedArray:
    names = column.allowed or registers[column.register or ("", "")]
    distinct = texts.combine_chunks().dictionary_encode()
    values = distinct.dictionary.to_pylist()
    if all(value in names for value in values):
        return texts
    codes = codes_by_name(names)
    meant = [value if value in names else codes.get(plain_name(value), value) for value in values]
    return pa.chunked_array([pa.array(meant, pa.string()).take(distinct.indices)])
