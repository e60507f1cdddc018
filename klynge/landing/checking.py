"""One file against its contract: rows that are sound, typed, and a reason for each that is not.

All checks are made set-wise in DuckDB, from SQL that the contract says; only for rows that fail is
it asked what is wrong with them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.landing.contracts import Column, Contract, Dialect
from klynge.landing.pseudonyms import PseudonymKey, pseudonym_sql
from klynge.landing.reading import KEPT_CHARACTERS, BrokenRecord, read_text
from klynge.landing.reasons import Reasons
from klynge.landing.transcription import read_csv

#: (seed, column) -> the values it declares.
Registers = Mapping[tuple[str, str], frozenset[str]]

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

#: Blanks around a text, words for nothing, and what a spreadsheet would take for a formula.
SUSPICIOUS = (
    r"(?s)^[\s\p{Z}]|[\s\p{Z}]$|^[=@]|^[+-](?:$|[^0-9]|.*[^0-9., ])"
    r"|^(?i:null|\(null\)|n/a|#n/a|nan|none|-|–|—|\?)$"
)
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
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
    """What a file holds, judged row by row: ``rows_read = rows.num_rows + rows_rejected``.

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
        (seed, column): frozenset(r[column] for r in read_csv(seeds / "reference" / f"{seed}.csv"))
        for seed, column in named
    }


def check_file(
    path: Path,
    contract: Contract,
    *,
    period: str,
    organisation_id: str | None,
    registers: Registers,
    key: PseudonymKey,
) -> CheckedFile:
    """Read a file and check every row of it.

    ``organisation_id`` is the only one whose rows may stand in the file; None allows any. Of rows
    with one key all are rejected if they differ; of exact repeats the first is kept. Raises
    :class:`InputError` for a file that cannot be read as a whole.
    """
    if contract.period_kind == "year" and not re.fullmatch(r"\d{4}", period):
        raise InputError(f"period {period!r}: {contract.dataset} is reported by year, such as 2021")
    file = read_text(path, contract)
    sql = _Checks(contract, period, organisation_id, registers)
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.register("given", file.rows)
        judged = connection.execute(sql.judged(), key.sql_parameters).to_arrow_table()
        faults = [_broken(file.broken)]
        sound = pc.all(judged["sound"]).as_py() is not False
        if not sound:
            connection.register("judged", judged)
            faults.append(connection.execute(sql.faults()).to_arrow_table().cast(_FAULTS))
            judged = judged.filter(judged["sound"])
        connection.register("sound_rows", judged)
        repeats = connection.execute(sql.repeats()).to_arrow_table().cast(_FAULTS)
        if repeats.num_rows:
            faults.append(repeats)
            spoilt = pc.is_in(judged["source_row"], repeats["source_row"].combine_chunks())
            judged = judged.filter(pc.invert(spoilt))
        rejected = _explained(connection, pa.concat_tables(faults), contract, sql.reasons())
    rows = judged.select(["source_row", *(c.name for c in contract.columns)])
    rows_read = file.rows.num_rows + len({b.source_row for b in file.broken})
    odd = pc.sum(judged["cvr_check_digit"]).as_py()
    return CheckedFile(
        rows=rows,
        rejected=rejected,
        rows_read=rows_read,
        rows_rejected=rows_read - rows.num_rows,
        warnings={"cvr_check_digit": odd} if odd else {},
    )


class _Checks:
    """The SQL of one contract's checks.

    ``given`` holds the file as text. Within it ``"given x"`` is a column's text and ``x`` its typed
    value, which is null where the text is none of that type.
    """

    def __init__(
        self, contract: Contract, period: str, organisation_id: str | None, registers: Registers
    ) -> None:
        self.contract = contract
        self.period = period
        self.organisation_id = organisation_id
        self.registers = registers

    def judged(self) -> str:
        """Every row with its typed columns and whether it is sound."""
        columns = self.contract.columns
        conditions = [f"({self._fault(c)}) is null" for c in columns]
        conditions += [f"({self._predicate(rule.predicate)}) is true" for rule in self.contract.rules]
        outputs = [f"{self._output(c)} as {quoted(c.name)}" for c in columns]
        return f"""
            with typed as ({self._typed()})
            select
                source_row,
                line,
                {", ".join(outputs)},
                {" and ".join(conditions)} as sound,
                {self._odd_cvr()} as cvr_check_digit,
            from typed
        """

    def faults(self) -> str:
        """One row per fault of the rows in ``judged`` that are not sound."""
        listed = [
            f"{{'position': {n}, 'column': {literal(c.name)}, 'value': {given(c.name)},"
            f" 'fault': {self._fault(c)}}}"
            for n, c in enumerate(self.contract.columns)
        ]
        for n, rule in enumerate(self.contract.rules, start=len(listed)):
            named = [c for c in self.contract.columns if re.search(rf"\b{c.name}\b", rule.predicate)]
            sound = " and ".join(f"({self._fault(c)}) is null" for c in named)
            values = ", ".join(f"coalesce({given(c.name)}, '')" for c in named)
            listed.append(
                f"{{'position': {n}, 'column': {literal(', '.join(c.name for c in named))},"
                f" 'value': concat_ws(', ', {values}), 'fault': case when {sound}"
                f" and ({self._predicate(rule.predicate)}) is not true"
                f" then {literal('rule ' + rule.name)} end}}"
            )
        return f"""
            with typed as ({self._typed()}),
            failing as (select * from typed semi join judged on
                typed.source_row = judged.source_row and not judged.sound),
            found as (select source_row, line, unnest([{", ".join(listed)}]) as found from failing)
            select
                source_row,
                line,
                found['column'] as column,
                left(found['value'], {KEPT_CHARACTERS}) as value,
                found['fault'] as fault,
                '' as detail,
            from found
            where found['fault'] is not null
            order by source_row, found['position']
        """

    def repeats(self) -> str:
        """The rows of ``sound_rows`` that their key rules out."""
        key = [quoted(name) for name in self.contract.key]
        contents = [quoted(c.name) for c in self.contract.columns]
        values = ", ".join(f"given.{name}" for name in key)
        return f"""
            with hashed as (select *, hash({", ".join(key)}) as key_hash from sound_rows),
            candidates as (
                select * exclude (key_hash) from hashed
                where key_hash in (select key_hash from hashed group by all having count(*) > 1)
            ),
            keys as (
                select
                    {", ".join(key)},
                    count(distinct row({", ".join(contents)})) > 1 as differ,
                    min(source_row) as first_row,
                    string_agg(line, ', ' order by line) filter (place <= 10) as lines,
                from (
                    select *, row_number() over (partition by {", ".join(key)} order by line) as place
                    from candidates
                )
                group by {", ".join(key)}
                having count(*) > 1
            )
            select
                candidates.source_row,
                candidates.line,
                {literal(", ".join(self.contract.key))} as column,
                left(concat_ws(', ', {values}), {KEPT_CHARACTERS}) as value,
                if(keys.differ, 'key_conflict', 'key_repeat') as fault,
                keys.lines as detail,
            from candidates
            inner join keys using ({", ".join(key)})
            inner join given on candidates.source_row = given.source_row
            where keys.differ or candidates.source_row > keys.first_row
            order by candidates.source_row
        """

    def reasons(self) -> Reasons:
        """What a reporter is told of each fault."""
        return Reasons(self.contract, self.organisation_id, self.registers)

    def _typed(self) -> str:
        columns = self.contract.columns
        return f"""
            select
                source_row,
                line,
                {", ".join(f"{quoted(c.name)} as {given(c.name)}" for c in columns)},
                {", ".join(f"{_typed(c, self.contract.dialect)} as {quoted(c.name)}" for c in columns)}
            from given
        """

    def _fault(self, column: Column) -> str:
        """The name of the first check that the column's text does not pass, or null."""
        text, value = given(column.name), quoted(column.name)
        cases = []
        if column.required:
            cases.append((f"{text} is null", "missing"))
        if column.sql_type != "varchar":
            cases.append((f"{text} is not null and {value} is null", column.logical_type))
        elif column.allowed:
            cases.append((f"{text} not in ({_listed(column.allowed)})", "code"))
        elif column.register:
            cases.append((f"{text} not in ({_listed(self.registers[column.register])})", "register"))
        else:
            cases.append((f"regexp_matches({text}, {literal(SUSPICIOUS)})", "text"))
        if column.pattern:
            cases.append((f"not regexp_full_match({text}, {literal(column.pattern)})", "pattern"))
        if column.max_length:
            cases.append((f"length({text}) > {column.max_length}", "length"))
        if column.minimum is not None:
            cases.append((f"{value} < {column.minimum}", "range"))
        if column.maximum is not None:
            cases.append((f"{value} > {column.maximum}", "range"))
        if column.personal:
            kind = self._kind(column)
            cases += [
                (f"{kind} = 'DK' and not regexp_full_match({text}, '[0-9]{{8}}')", "cvr"),
                (f"not regexp_matches({text}, '[0-9A-Za-z]')", "identifier"),
            ]
        if column.name == "organisation_id" and self.organisation_id is not None:
            cases.append((f"{text} <> {literal(self.organisation_id)}", "own"))
        whens = " ".join(f"when {condition} then '{fault}'" for condition, fault in cases)
        return f"case {whens} end" if cases else "cast(null as varchar)"

    def _output(self, column: Column) -> str:
        if column.personal:
            return pseudonym_sql(self._kind(column), given(column.name))
        return quoted(column.name)

    def _kind(self, column: Column) -> str:
        """Whose identifier it is: the text of another column, or one word."""
        kind = str(column.identifier_of)
        return given(kind) if kind in {c.name for c in self.contract.columns} else literal(kind)

    def _odd_cvr(self) -> str:
        """Whether a CVR number fails its check digit: then it is told of, but not refused."""
        odd = []
        for column in self.contract.columns:
            if column.personal:
                number = f"try_cast({given(column.name)} as integer)"
                weighted = " + ".join(
                    f"{number} // {10 ** (7 - i)} % 10 * {weight}"
                    for i, weight in enumerate(_CVR_WEIGHTS)
                )
                odd.append(f"coalesce({self._kind(column)} = 'DK' and ({weighted}) % 11 > 0, false)")
        return " or ".join(odd) or "false"

    def _predicate(self, predicate: str) -> str:
        period = self.period if self.contract.period_kind == "year" else literal(self.period)
        return predicate.replace("${period}", period)


def _typed(column: Column, dialect: Dialect) -> str:
    """The typed value of a column's text; null where it is not written as the dialect says."""
    text = quoted(column.name)
    if column.sql_type == "varchar":
        return text
    if column.logical_type == "boolean":
        true, false = dialect.booleans
        return f"case {text} when {literal(true)} then true when {literal(false)} then false end"
    if column.logical_type == "date":
        shapes = "|".join(
            re.sub("%[md]", "[0-9]{2}", f.replace("%Y", "[0-9]{4}")) for f in dialect.dates
        )
        formats = _listed(dialect.dates)
        return (
            f"case when regexp_full_match({text}, {literal(shapes)})"
            f" then cast(try_strptime({text}, [{formats}]) as date) end"
        )
    number = number_pattern(column, dialect)
    plain = f"replace(replace({text}, {literal(dialect.thousands)}, ''), {literal(dialect.decimal)}, '.')"
    return (
        f"case when regexp_full_match({text}, {literal(number)})"
        f" then try_cast({plain} as {column.sql_type}) end"
    )


def number_pattern(column: Column, dialect: Dialect) -> str:
    """How a number of the column is written: thousands grouped in threes or not at all.

    ``0.123`` is no group of thousands, and more decimals than the type holds are none either.
    """
    scale = column.scale
    point, comma = re.escape(dialect.thousands), re.escape(dialect.decimal)
    fraction = f"({comma}[0-9]{{1,{scale}}})?" if scale else ""
    return rf"-?([0-9]+|[1-9][0-9]{{0,2}}({point}[0-9]{{3}})+){fraction}"


def quoted(name: str) -> str:
    """A column's name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def given(name: str) -> str:
    """The name of a column's text, beside its typed value."""
    return quoted(f"given {name}")


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(literal, sorted(values)))


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
    connection: duckdb.DuckDBPyConnection, faults: pa.Table, contract: Contract, reasons: Reasons
) -> pa.Table:
    """The faults with their reasons, in the file's order; one reason for each distinct fault."""
    if not faults.num_rows:
        return REJECTED.empty_table()
    connection.register("faults", faults.append_column("place", [range(faults.num_rows)]))
    distinct = connection.execute(
        'select distinct "column", value, fault, detail from faults order by all'
    ).fetchall()
    told = [reasons.of(*fault) for fault in distinct]
    columns = [list(column) for column in zip(*distinct, strict=True)]
    connection.register(
        "told",
        pa.table(
            [*columns, [en for en, _ in told], [da for _, da in told]],
            schema=pa.schema(
                [pa.field(n, pa.string()) for n in ("column", "value", "fault", "detail", "en", "da")]
            ),
        ),
    )
    return connection.execute(
        """
        select source_row, line, faults."column", faults.value, en as reason_en, da as reason_da
        from faults
        inner join told on
            faults."column" = told."column" and faults.value is not distinct from told.value
            and faults.fault = told.fault and faults.detail = told.detail
        order by source_row, place
        """
    ).to_arrow_table().cast(REJECTED)
