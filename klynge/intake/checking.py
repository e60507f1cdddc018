"""Check one file against its contract, and give its valid rows and a reason for each fault.

DuckDB checks all rows at once, with SQL that is made from the contract. Single faults are searched
for only in rows that fail.
"""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.intake.code_names import with_codes
from klynge.intake.contracts import Column, Contract
from klynge.intake.countries import (
    COUNTRIES,
    COUNTRY_SPELLINGS,
    register_rows,
    spellings_of_countries,
)
from klynge.intake.formats.reading import read_submitted_file
from klynge.intake.formats.text_file import BrokenRecord
from klynge.intake.pseudonyms import PseudonymKey
from klynge.intake.reasons import Reasons
from klynge.intake.refused import summarise_refused
from klynge.intake.registers import register_names
from klynge.intake.row_checks import EXAMPLE, KEY_REPEAT, ODD_CVR, Registers, RowChecks
from klynge.messages import Language, Message, message
from klynge.reference.seeds import Reference

EXPLAINED_SCHEMA = pa.schema(
    [
        ("source_row", pa.int64()),
        ("line", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("reason_en", pa.string()),
        ("reason_da", pa.string()),
    ]
)

_FAULTS_SCHEMA = pa.schema(
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
    """The rows of a checked file: ``rows_read = rows.num_rows + rows_rejected``.

    ``rows`` has the column source_row, which is the record's number in the file, from 1, and the
    column line, which is the record's line in the reporter's program. Both are int64. The other
    columns are those of the contract, with their types; personal columns have pseudonyms.
    ``rejected`` has a row for each fault, in the file's order, with :data:`EXPLAINED_SCHEMA`.
    ``warnings`` maps each kind of warning to the number of accepted rows with it. ``refused`` is
    the summary that :func:`klynge.intake.refused.summarise_refused` returns. ``sheet`` is the sheet
    that was read from a workbook. ``notes`` are remarks for the reporter about how the file was
    read.
    """

    rows: pa.Table
    rejected: pa.Table
    rows_read: int
    rows_rejected: int
    warnings: dict[str, int]
    refused: dict[str, Any] = field(default_factory=dict)
    sheet: str = ""
    notes: list[Message] = field(default_factory=list)


def read_registers(reference: Reference, contracts: Iterable[Contract]) -> Registers:
    """Read the values of every register that the contracts name, and the spellings of countries."""
    named = {c.register for contract in contracts for c in contract.columns if c.register}
    registers = {}
    for seed, column in named:
        registers[seed, column] = register_names(reference, seed, column)
        if (seed, column) == COUNTRIES:
            rows = register_rows(reference, seed)
            registers[COUNTRY_SPELLINGS] = dict(spellings_of_countries(rows))
    return registers


def check_file(  # noqa: PLR0913 - each input of the check has its own name
    path: Path,
    contract: Contract,
    *,
    period: str,
    organisation_id: str | None,
    registers: Registers,
    key: PseudonymKey,
) -> CheckedFile:
    """Read a file and check every row of it.

    The Danish name of a code is read as the code. If ``organisation_id`` is given, rows of other
    organisations are rejected. If rows with the same key differ, all of them are rejected. If they
    are equal, the first row is kept. Raises :class:`InputError` if the file as a whole cannot be
    read.
    """
    if contract.period_kind == "year" and not re.fullmatch(r"\d{4}", period):
        raise InputError(
            message(
                "period {period!r}: {dataset} is reported by year, such as 2021",
                period=period,
                dataset=contract.dataset,
            )
        )
    file = read_submitted_file(path, contract)
    given = with_codes(file.rows, contract, registers)
    sql = RowChecks(contract, period, organisation_id, registers)
    # keep identifiers out of temporary files, and the progress bar out of the command's output
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.register("given", given)
        # DuckDB checks the rows while Python computes the pseudonyms
        with ThreadPoolExecutor(max_workers=1) as beside:
            judging = beside.submit(lambda: connection.execute(sql.judged()).to_arrow_table())
            hidden = {c.name: _hidden(file.rows, c, key) for c in contract.columns if c.personal}
            judged = judging.result()
        faults = [_broken(file.broken)]
        if pc.all(judged["sound"]).as_py() is False:
            connection.register("judged", judged)
            faults.append(connection.execute(sql.faults()).to_arrow_table())
        rows, contradictions = _consistent(connection, _outgoing(given, judged, hidden), sql)
        reasons = Reasons(contract, organisation_id, registers)
        rejected = _explained(connection, [*faults, *contradictions], reasons)
        repeated = _without_money([*faults, *contradictions])
    rows_read = file.rows.num_rows + len({b.source_row for b in file.broken})
    odd = pc.sum(rows[ODD_CVR]).as_py()
    return CheckedFile(
        rows=rows.select(["source_row", "line", *(c.name for c in contract.columns)]),
        rejected=rejected,
        rows_read=rows_read,
        rows_rejected=rows_read - rows.num_rows,
        warnings={ODD_CVR: odd} if odd else {},
        refused=summarise_refused(
            pa.concat_tables([file.rows, *([file.broken_rows] if file.broken_rows else [])]),
            rows["source_row"].combine_chunks(),
            rejected,
            repeated,
            contract,
        ),
        sheet=file.sheet,
        notes=file.notes,
    )


def _consistent(
    connection: duckdb.DuckDBPyConnection, rows: pa.Table, sql: RowChecks
) -> tuple[pa.Table, list[pa.Table]]:
    """Return the rows that repeat or contradict no other row, and the faults of the other rows."""
    connection.register("sound_rows", rows)
    queries = [sql.repeats()] if connection.execute(sql.has_repeats()).fetchone() else []
    faults = []
    for query in (*queries, *sql.disagreements()):
        connection.register("sound_rows", rows)
        found = connection.execute(query).to_arrow_table()
        faults.append(found)
        rows = _without(rows, found)
    return rows, faults


def _without_money(faults: list[pa.Table]) -> pa.Array:
    """The source_row of each repeated row and each example row, whose amounts are not missing."""
    kinds = pa.array([KEY_REPEAT, EXAMPLE])
    found = [table.filter(pc.is_in(table["fault"], kinds))["source_row"] for table in faults]
    return pa.concat_arrays([pa.array([], pa.int64()), *(n.combine_chunks() for n in found)])


def _hidden(rows: pa.Table, column: Column, key: PseudonymKey) -> pa.Array:
    """Replace the values of a personal column by pseudonyms; hash each distinct identifier once."""
    kind = str(column.identifier_of)
    kinds = rows[kind] if kind in rows.column_names else pa.scalar(kind)
    texts = pc.binary_join_element_wise(kinds, rows[column.name], ":").combine_chunks()
    coded = texts.dictionary_encode()
    pseudonyms = pa.array(key.pseudonyms(coded.dictionary.to_pylist()), pa.string())
    return pseudonyms.take(coded.indices)


def _outgoing(given_rows: pa.Table, judged: pa.Table, hidden: dict[str, pa.Array]) -> pa.Table:
    """Return the valid rows with types, with pseudonyms, and with the column of warnings."""
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
        schema=_FAULTS_SCHEMA,
    )


def _explained(
    connection: duckdb.DuckDBPyConnection, found: list[pa.Table], reasons: Reasons
) -> pa.Table:
    """Add a reason to each fault, and return the faults in the file's order."""
    faults = pa.concat_tables([table.cast(_FAULTS_SCHEMA) for table in found])
    if not faults.num_rows:
        return EXPLAINED_SCHEMA.empty_table()
    places = pa.array(range(faults.num_rows), pa.int64())
    connection.register("faults", faults.append_column("place", places))
    distinct = connection.execute(
        'select distinct "column", value, fault, detail from faults order by all'
    ).fetchall()
    told = [reasons.of(*fault) for fault in distinct]
    in_both = [(str(reason), reason.text(Language.da)) for reason in told]
    texts = ("column", "value", "fault", "detail", "reason_en", "reason_da")
    columns = zip(
        *(fault + reason for fault, reason in zip(distinct, in_both, strict=True)), strict=True
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
    return explained.to_arrow_table().cast(EXPLAINED_SCHEMA)
