"""The checks that a contract makes of every row, as SQL for DuckDB."""

import re
from collections.abc import Iterable, Mapping

from klynge.intake.contracts import Column, Contract, Dialect
from klynge.intake.formats.text_file import KEPT_CHARACTERS

#: (seed, column) -> the values it declares.
Registers = Mapping[tuple[str, str], frozenset[str]]

#: A column of judged rows: whether a CVR number fails its check digit.
ODD_CVR = "cvr_check_digit"

#: Suspicious texts: surrounding blanks, words such as NULL, and texts that look like formulas.
SUSPICIOUS = (
    r"(?s)[\x00-\x08\x0e-\x1f]|^[\s\p{Z}]|[\s\p{Z}]$|^[=@]|^[+-](?:$|[^0-9]|.*[^0-9., ])"
    r"|^(?i:null|\(null\)|n/a|#n/a|nan|none|-|–|—|\?)$"
)
#: Texts that show whether a column's own pattern keeps such values out.
SUSPICIOUS_TEXTS = (
    " a", "a ", "=a", "@a", "+a", "-a", "null", "NULL", "none", "NaN", "n/a", "-", "?",
)  # fmt: skip
_IDENTIFIER = r"[^\x00-\x1f]*[0-9A-Za-z][^\x00-\x1f]*"
#: Eight digits times these, added up, make a multiple of 11.
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
#: At most this many rows with the same key are named.
_LINES_NAMED = 10


class RowChecks:
    """The SQL of one contract's checks.

    ``given`` holds the file as text. Within it ``"given x"`` is a column's text and ``x`` its typed
    value, which is null if the text is not of that type.
    """

    def __init__(
        self, contract: Contract, period: str, organisation_id: str | None, registers: Registers
    ) -> None:
        self.contract = contract
        self.period = period
        self.organisation_id = organisation_id
        self.registers = registers

    def judged(self) -> str:
        """For every row, in order: whether it is valid, and its typed columns."""
        columns = self.contract.columns
        conditions = [f"({self._fault(c)}) is null" for c in columns]
        conditions += [
            f"({self._predicate(rule.predicate)}) is true" for rule in self.contract.rules
        ]
        outputs = ["source_row", *(quoted(c.name) for c in columns if c.sql_type != "varchar")]
        return f"""
            with typed as ({self._typed()})
            select
                {", ".join(outputs)},
                {" and ".join(conditions)} as sound,
                {self._odd_cvr()} as {ODD_CVR}
            from typed
            order by source_row
        """

    def faults(self) -> str:
        """One row per fault of the invalid rows in ``judged``."""
        listed = [
            f"{{'position': {n}, 'column': {literal(c.name)}, 'value': {given(c.name)},"
            f" 'fault': {self._fault(c)}}}"
            for n, c in enumerate(self.contract.columns)
        ]
        for n, rule in enumerate(self.contract.rules, start=len(listed)):
            named = [
                c for c in self.contract.columns if re.search(rf"\b{c.name}\b", rule.predicate)
            ]
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
        """The rows of ``sound_rows`` to reject because another row has the same key."""
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

    def disagreements(self) -> Iterable[str]:
        """For each pair of the contract's constants, the rows of ``sound_rows`` that break it."""
        for owner, constant in self.contract.constants:
            yield f"""
                with owners as (
                    select
                        {quoted(owner)},
                        array_to_string(list(line order by line)[:{_LINES_NAMED}], ', ') as lines
                    from sound_rows
                    group by {quoted(owner)}
                    having count(distinct {quoted(constant)}) > 1
                )
                select
                    sound_rows.source_row,
                    sound_rows.line,
                    {literal(f"{owner}, {constant}")} as column,
                    left(
                        concat_ws(', ', given.{quoted(owner)}, given.{quoted(constant)}),
                        {KEPT_CHARACTERS}
                    ) as value,
                    'disagree' as fault,
                    owners.lines as detail
                from sound_rows
                inner join owners using ({quoted(owner)})
                inner join given on sound_rows.source_row = given.source_row
                order by sound_rows.source_row
            """

    def _typed(self) -> str:
        texts = [f"{quoted(c.name)} as {given(c.name)}" for c in self.contract.columns]
        dialect = self.contract.dialect
        values = [f"{_typed(c, dialect)} as {quoted(c.name)}" for c in self.contract.columns]
        return f"select source_row, line, {', '.join(texts + values)} from given"

    def _fault(self, column: Column) -> str:
        """The name of the first check that the column's text does not pass, or null."""
        text, value = given(column.name), quoted(column.name)
        cases = [
            (f"{text} is null", "missing" if column.required else None),
            *(self._of_identifier(column) if column.personal else [self._of_kind(column)]),
            (
                f"not regexp_full_match({text}, {literal(column.pattern or '')})",
                "pattern" if column.pattern else None,
            ),
            (f"length({text}) > {column.max_length}", "length" if column.max_length else None),
            (f"{value} < {column.minimum}", None if column.minimum is None else "range"),
            (f"{value} > {column.maximum}", None if column.maximum is None else "range"),
            (f"{text} <> {literal(self.organisation_id or '')}", self._own(column)),
        ]
        whens = " ".join(f"when {bad} then '{fault}'" for bad, fault in cases if fault)
        return f"case {whens} end" if whens else "cast(null as varchar)"

    def _own(self, column: Column) -> str | None:
        restricted = column.name == "organisation_id" and self.organisation_id is not None
        return "own" if restricted else None

    def _of_kind(self, column: Column) -> tuple[str, str | None]:
        """The fault of a text that is not of its column's type."""
        text = given(column.name)
        if column.sql_type != "varchar":
            return f"{text} is not null and {quoted(column.name)} is null", column.logical_type
        if column.allowed:
            return f"{text} not in ({_listed(column.allowed)})", "code"
        if column.register:
            return f"{text} not in ({_listed(self.registers[column.register])})", "register"
        suspicious = f"regexp_matches({text}, {literal(SUSPICIOUS)})"
        return suspicious, "text" if _lets_pass_suspicious(column.pattern) else None

    def _of_identifier(self, column: Column) -> list[tuple[str, str | None]]:
        text = given(column.name)
        danish = f"coalesce({self._kind(column)} = 'DK', false)"
        return [
            (f"{danish} and not regexp_full_match({text}, '[0-9]{{8}}')", "cvr"),
            (f"not {danish} and regexp_matches({text}, {literal(SUSPICIOUS)})", "text"),
            (f"not {danish} and not regexp_full_match({text}, '{_IDENTIFIER}')", "identifier"),
        ]

    def _odd_cvr(self) -> str:
        """Whether a CVR number fails its check digit; this is a warning, not a fault."""
        odd = []
        for column in (c for c in self.contract.columns if c.personal):
            number = f"try_cast({given(column.name)} as bigint)"
            digits = [f"{number} // {10**n} % 10" for n in reversed(range(len(_CVR_WEIGHTS)))]
            weighted = " + ".join(f"{d} * {w}" for d, w in zip(digits, _CVR_WEIGHTS, strict=True))
            odd.append(f"coalesce({self._kind(column)} = 'DK' and ({weighted}) % 11 > 0, false)")
        return " or ".join(odd) or "false"

    def _kind(self, column: Column) -> str:
        """The kind of an identifier: the value of another column, or a fixed word."""
        kind = str(column.identifier_of)
        return given(kind) if kind in {c.name for c in self.contract.columns} else literal(kind)

    def _predicate(self, predicate: str) -> str:
        period = self.period if self.contract.period_kind == "year" else literal(self.period)
        return predicate.replace("${period}", period)


def _typed(column: Column, dialect: Dialect) -> str:
    """The typed value of a column's text; null if the text does not follow the dialect."""
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
    number = _number_pattern(column, dialect)
    plain = f"replace({text}, {literal(dialect.thousands)}, '')"
    plain = f"replace({plain}, {literal(dialect.decimal)}, '.')"
    return (
        f"case when regexp_full_match({text}, {literal(number)})"
        f" then try_cast({plain} as {column.sql_type}) end"
    )


def _number_pattern(column: Column, dialect: Dialect) -> str:
    """The pattern of a number: thousands are grouped in threes, or not grouped.

    ``0.123`` does not match, and a number with more decimals than the type does not match.
    """
    scale = column.scale
    point, comma = re.escape(dialect.thousands), re.escape(dialect.decimal)
    fraction = f"({comma}[0-9]{{1,{scale}}})?" if scale else ""
    return rf"-?([0-9]+|[1-9][0-9]{{0,2}}({point}[0-9]{{3}})+){fraction}"


def _lets_pass_suspicious(pattern: str | None) -> bool:
    """Whether a column's pattern would let suspicious texts pass."""
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
