"""Checking a file against its contract: typed valid rows, and a reason for each rejected row.

The checks are SQL over whole columns, generated from the contract. The exact fault is worked out
for failing rows only.
"""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.intake.contracts import Column, Contract
from klynge.intake.formats.reading import read_submitted_file
from klynge.intake.formats.text_file import BrokenRecord
from klynge.intake.pseudonyms import PseudonymKey
from klynge.intake.reasons import Reasons
from klynge.intake.row_checks import ODD_CVR, Registers, RowChecks
from klynge.seed_files import read_seed

REJECTED = pa.schema(
    [
        ("source_row", pa.int64()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason_en", pa.string()),
        ("reason_da", pa.string()),
    ]
)

_FAULTS = pa.schema(
    [
        ("source_row", pa.int64()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("fault", pa.string()),
        ("detail", pa.string()),
    ]
)


@dataclass(frozen=True)
class CheckedFile:
    """The checked rows of a file: ``rows_read = rows.num_rows + rows_rejected``.

    ``rows``: source_row (int64, the record's number in the file from 1), then the contract's
    columns with their types, personal ones as pseudonyms. ``rejected``: as :data:`REJECTED`, one
    row per fault, in the file's order. ``warnings``: how many accepted rows are odd, by kind.
    """

    rows: pa.Table
    rejected: pa.Table
    rows_read: int
    rows_rejected: int
    warnings: dict[str, int]


def read_registers(seeds: Path, contracts: Iterable[Contract]) -> Registers:
    """The values of every register that the contracts name."""
    named = {c.register for contract in contracts for c in contract.columns if c.register}
    return {
        (seed, column): frozenset(r[column] for r in read_seed(seeds / "reference" / f"{seed}.csv"))
        for seed, column in named
    }


def check_file(  # noqa: PLR0913 - what a judgement depends on, each by its name
    path: Path,
    contract: Contract,
    *,
    period: str,
    organisation_id: str | None,
    registers: Registers,
    key: PseudonymKey,
) -> CheckedFile:
    """Read a file and check every row of it.

    ``organisation_id``: only its rows are allowed in the file; None allows any. Of rows
    with one key all are rejected if they differ; of exact repeats the first is kept. Raises
    :class:`InputError` for a file that cannot be read as a whole.
    """
    if contract.period_kind == "year" and not re.fullmatch(r"\d{4}", period):
        raise InputError(f"period {period!r}: {contract.dataset} is reported by year, such as 2021")
    file = read_submitted_file(path, contract)
    sql = RowChecks(contract, period, organisation_id, registers)
    # identifiers must not be spilled to disk, and progress bars would disturb the output
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.register("given", file.rows)
        # DuckDB judges the rows while Python hashes their identifiers
        with ThreadPoolExecutor(max_workers=1) as beside:
            judging = beside.submit(lambda: connection.execute(sql.judged()).to_arrow_table())
            hidden = {c.name: _hidden(file.rows, c, key) for c in contract.columns if c.personal}
            judged = judging.result()
        faults = [_broken(file.broken)]
        if pc.all(judged["sound"]).as_py() is False:
            connection.register("judged", judged)
            faults.append(connection.execute(sql.faults()).to_arrow_table())
        rows = _outgoing(file.rows, judged, hidden)
        connection.register("sound_rows", rows)
        if connection.execute(sql.has_repeats()).fetchone():
            repeats = connection.execute(sql.repeats()).to_arrow_table()
            faults.append(repeats)
            rows = _without(rows, repeats)
        for disagreements in sql.disagreements():
            connection.register("sound_rows", rows)
            disagreeing = connection.execute(disagreements).to_arrow_table()
            faults.append(disagreeing)
            rows = _without(rows, disagreeing)
        reasons = Reasons(contract, organisation_id, registers)
        rejected = _explained(connection, faults, reasons)
    rows_read = file.rows.num_rows + len({b.source_row for b in file.broken})
    odd = pc.sum(rows[ODD_CVR]).as_py()
    return CheckedFile(
        rows=rows.select(["source_row", *(c.name for c in contract.columns)]),
        rejected=rejected,
        rows_read=rows_read,
        rows_rejected=rows_read - rows.num_rows,
        warnings={ODD_CVR: odd} if odd else {},
    )


def _hidden(rows: pa.Table, column: Column, key: PseudonymKey) -> pa.Array:
    """A personal column as pseudonyms; each distinct identifier is hashed once."""
    kind = str(column.identifier_of)
    kinds = rows[kind] if kind in rows.column_names else pa.scalar(kind)
    texts = pc.binary_join_element_wise(kinds, rows[column.name], ":").combine_chunks()
    coded = texts.dictionary_encode()
    pseudonyms = pa.array(key.pseudonyms(coded.dictionary.to_pylist()), pa.string())
    return pseudonyms.take(coded.indices)


def _outgoing(given_rows: pa.Table, judged: pa.Table, hidden: dict[str, pa.Array]) -> pa.Table:
    """The valid rows, typed and with pseudonyms, and the warnings about them."""
    columns = {
        name: table[name] for table in (given_rows, judged) for name in table.column_names
    } | hidden
    sound = columns.pop("sound")
    rows = pa.table(columns)
    return rows if pc.all(sound).as_py() is not False else rows.filter(sound)


def _without(rows: pa.Table, faults: pa.Table) -> pa.Table:
    faulty = pc.is_in(rows["source_row"], faults["source_row"].combine_chunks())
    return rows.filter(pc.invert(faulty))


def _broken(records: list[BrokenRecord]) -> pa.Table:
    return pa.table(
        [
            [b.source_row for b in records],
            [b.line for b in records],
            [b.column for b in records],
            [b.value for b in records],
            [b.fault for b in records],
            [str(b.fields) for b in records],
        ],
        schema=_FAULTS,
    )


def _explained(
    connection: duckdb.DuckDBPyConnection, found: list[pa.Table], reasons: Reasons
) -> pa.Table:
    """The faults with their reasons, in the order of the file; a repeated fault is worded once."""
    faults = pa.concat_tables([table.cast(_FAULTS) for table in found])
    if not faults.num_rows:
        return REJECTED.empty_table()
    places = pa.array(range(faults.num_rows), pa.int64())
    connection.register("faults", faults.append_column("place", places))
    distinct = connection.execute(
        'select distinct "column", value, fault, detail from faults order by all'
    ).fetchall()
    told = [reasons.of(*fault) for fault in distinct]
    texts = ("column", "value", "fault", "detail", "reason_en", "reason_da")
    columns = zip(
        *(fault + reason for fault, reason in zip(distinct, told, strict=True)), strict=True
    )
    connection.register(
        "told",
        pa.table(list(map(list, columns)), pa.schema([(name, pa.string()) for name in texts])),
    )
    explained = connection.execute(
        """
        select source_row, line, faults."column", faults.value, reason_en, reason_da
        from faults
        inner join told on
            faults."column" = told."column" and faults.value is not distinct from told.value
            and faults.fault = told.fault and faults.detail = told.detail
        order by source_row, place
        """
    )
    return explained.to_arrow_table().cast(REJECTED)
