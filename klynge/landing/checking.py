"""One file against its contract: rows that are sound, typed, and a reason for each that is not.

All checks are made set-wise in DuckDB, from SQL that the contract says; only for rows that fail is
it asked what is wrong with them.
"""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.landing.contracts import Column, Contract, Dialect
from klynge.landing.pseudonyms import PseudonymKey
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
    r"(?s)[\x00-\x08\x0e-\x1f]|^[\s\p{Z}]|[\s\p{Z}]$|^[=@]|^[+-](?:$|[^0-9]|.*[^0-9., ])"
    r"|^(?i:null|\(null\)|n/a|#n/a|nan|none|-|–|—|\?)$"
)
SUSPICIOUS_TEXTS = (" a", "a ", "=a", "@a", "+a", "-a", "null", "NULL", "none", "NaN", "n/a", "-", "?")
_IDENTIFIER = r"[^\x00-\x1f]*[0-9A-Za-z][^\x00-\x1f]*"
#: Eight digits times these, added up, make a multiple of 11.
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_ODD_CVR = "cvr_check_digit"
#: Of rows with one key so many are named.
_LINES_NAMED = 10
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
    # identifiers are not to be spilled to a disk, nor bars drawn over what a command prints
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.register("given", file.rows)
        # DuckDB judges the rows while Python hashes their identifiers
        with ThreadPoolExecutor(max_workers=1) as beside:
            judging = beside.submit(lambda: connection.execute(sql.judged()).to_arrow_table())
            hidden = {
                c.name: _hidden(file.rows, c, key) for c in contract.columns if c.personal
            }
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
            kept = pc.invert(pc.is_in(rows["source_row"], repeats["source_row"].combine_chunks()))
            rows = rows.filter(kept)
        rejected = _explained(connection, faults, sql.reasons())
    rows_read = file.rows.num_rows + len({b.source_row for b in file.broken})
    odd = pc.sum(rows[_ODD_CVR]).as_py()
    return CheckedFile(
        rows=rows.select(["source_row", *(c.name for c in contract.columns)]),
        rejected=rejected,
        rows_read=rows_read,
        rows_rejected=rows_read - rows.num_rows,
        warnings={_ODD_CVR: odd} if odd else {},
    )


def _hidden(rows: pa.Table, column: Column, key: PseudonymKey) -> pa.Array:
    """A personal column as pseudonyms; each identifier is hashed once, however often it stands."""
    kind = str(column.identifier_of)
    kinds = rows[kind] if kind in rows.column_names else pa.scalar(kind)
    texts = pc.binary_join_element_wise(kinds, rows[column.name], ":").combine_chunks()
    coded = texts.dictionary_encode()
    pseudonyms = pa.array(key.pseudonyms(coded.dictionary.to_pylist()), pa.string())
    return pseudonyms.take(coded.indices)


def _outgoing(given_rows: pa.Table, judged: pa.Table, hidden: dict[str, pa.Array]) -> pa.Table:
    """The sound rows, typed and pseudonymous, with what is odd about them."""
    columns = {
        name: table[name] for table in (given_rows, judged) for name in table.column_names
    } | hidden
    sound = columns.pop("sound")
    rows = pa.table(columns)
    return rows if pc.all(sound).as_py() is not False else rows.filter(sound)


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
        """For every row, in order, whether it is sound, and its columns that are not text."""
        columns = self.contract.columns
        conditions = [f"({self._fault(c)}) is null" for c in columns]
        conditions += [f"({self._predicate(rule.predicate)}) is true" for rule in self.contract.rules]
        outputs = ["source_row", *(quoted(c.name) for c in columns if c.sql_type != "varchar")]
        return f"""
            with typed as ({self._typed()})
            select
                {", ".join(outputs)},
                {" and ".join(conditions)} as sound,
                {self._odd_cvr()} as {_ODD_CVR}
            from typed
            order by source_row
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

    def has_repeats(self) -> str:
        """One row where a key of ``sound_rows`` may stand twice."""
        key = ", ".join(map(quoted, self.contract.key))
        return f"""
            select hashed.key_hash
            from (select hash({key}) as key_hash from sound_rows) as hashed
            group by hashed.key_hash
            having count(*) > 1
            limit 1
        """

    def repeats(self) -> str:
        """The rows of ``sound_rows`` that their key rules out."""
        key = ", ".join(map(quoted, self.contract.key))
        contents = ", ".join(quoted(c.name) for c in self.contract.columns)
        values = ", ".join(f"given.{quoted(name)}" for name in self.contract.key)
        return f"""
            with keys as (
                select
                    {key},
                    count(distinct hash({contents})) > 1 as differ,
                    min(source_row) as first_row,
                    array_to_string(list(line order by line)[:{_LINES_NAMED}], ', ') as lines
                from sound_rows
                group by {key}
                having count(*) > 1
            )
            select
                sound_rows.source_row,
                sound_rows.line,
                {literal(", ".join(self.contract.key))} as column,
                left(concat_ws(', ', {values}), {KEPT_CHARACTERS}) as value,
                if(keys.differ, 'key_conflict', 'key_repeat') as fault,
                keys.lines as detail
            from sound_rows
            inner join keys using ({key})
            inner join given on sound_rows.source_row = given.source_row
            where keys.differ or sound_rows.source_row > keys.first_row
            order by sound_rows.source_row
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
        cases = [(f"{text} is null", "missing")] if column.required else []
        if column.personal:
            danish = f"coalesce({self._kind(column)} = 'DK', false)"
            cases += [
                (f"{danish} and not regexp_full_match({text}, '[0-9]{{8}}')", "cvr"),
                (f"not {danish} and regexp_matches({text}, {literal(SUSPICIOUS)})", "text"),
                (f"not {danish} and not regexp_full_match({text}, '{_IDENTIFIER}')", "identifier"),
            ]
        elif column.sql_type != "varchar":
            cases.append((f"{text} is not null and {value} is null", column.logical_type))
        elif column.allowed:
            cases.append((f"{text} not in ({_listed(column.allowed)})", "code"))
        elif column.register:
            cases.append((f"{text} not in ({_listed(self.registers[column.register])})", "register"))
        elif _lets_pass_suspicious(column.pattern):
            cases.append((f"regexp_matches({text}, {literal(SUSPICIOUS)})", "text"))
        if column.pattern:
            cases.append((f"not regexp_full_match({text}, {literal(column.pattern)})", "pattern"))
        if column.max_length:
            cases.append((f"length({text}) > {column.max_length}", "length"))
        if column.minimum is not None:
            cases.append((f"{value} < {column.minimum}", "range"))
        if column.maximum is not None:
            cases.append((f"{value} > {column.maximum}", "range"))
        if column.name == "organisation_id" and self.organisation_id is not None:
            cases.append((f"{text} <> {literal(self.organisation_id)}", "own"))
        whens = " ".join(f"when {condition} then '{fault}'" for condition, fault in cases)
        return f"case {whens} end" if cases else "cast(null as varchar)"

    def _odd_cvr(self) -> str:
        """Whether a CVR number fails its check digit; a few real ones do, so it is but told."""
        odd = []
        for column in (c for c in self.contract.columns if c.personal):
            number = f"try_cast({given(column.name)} as bigint)"
            digits = [f"{number} // {10 ** n} % 10" for n in reversed(range(len(_CVR_WEIGHTS)))]
            weighted = " + ".join(f"{d} * {w}" for d, w in zip(digits, _CVR_WEIGHTS, strict=True))
            odd.append(f"coalesce({self._kind(column)} = 'DK' and ({weighted}) % 11 > 0, false)")
        return " or ".join(odd) or "false"

    def _kind(self, column: Column) -> str:
        """Whose identifier it is: the text of another column, or one word."""
        kind = str(column.identifier_of)
        return given(kind) if kind in {c.name for c in self.contract.columns} else literal(kind)

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


def _lets_pass_suspicious(pattern: str | None) -> bool:
    """Whether a column's pattern has to be helped against texts that mean something else."""
    return not pattern or any(re.fullmatch(pattern, text) for text in SUSPICIOUS_TEXTS)


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
    connection: duckdb.DuckDBPyConnection, found: list[pa.Table], reasons: Reasons
) -> pa.Table:
    """The faults with their reasons, in the file's order; one reason for each distinct fault."""
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
    columns = zip(*(fault + reason for fault, reason in zip(distinct, told, strict=True)), strict=True)
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
