"""The checks of single rows that a contract declares, as SQL for DuckDB."""

import re
from collections.abc import Iterable, Mapping

from klynge.intake.contracts import Column, Contract, Dialect
from klynge.intake.formats.text_file import KEPT_CHARACTERS
from klynge.intake.registers import takes_names

#: Maps (seed, column) to the values in that column of the seed. Each value is mapped to its Danish
#: name; without one, to its English name; without either, to an empty text.
Registers = Mapping[tuple[str, str], Mapping[str, str]]

#: A SQL condition and the name of a fault. A value has the fault if the condition is true. If the
#: name is None, the condition is true for valid values, and no later case checks these values.
Case = tuple[str, str | None]

#: ``EXAMPLE_MARK`` is before each value of a template's example row. ``EXAMPLE`` is the fault of
#: such a row. ``EXAMPLE_LEFT`` is the fault of a single example value that was left in a row.
EXAMPLE_MARK, EXAMPLE, EXAMPLE_LEFT = "EKSEMPEL", "example", "example_left"
#: A column of judged rows that is true if a CVR number fails its check digit.
ODD_CVR = "cvr_check_digit"
#: The fault of a row that repeats an accepted row word for word.
KEY_REPEAT = "key_repeat"

#: An error value of a spreadsheet, in English or in Danish, as it is exported to CSV.
CELL_ERROR = (
    r"(?i:#(n/a|i/t|value!|værdi!|ref!|reference!|div/0!|division/0!|name\?|navn\?|null!|nul!|num!"
    r"|spill!|overløb!|calc!|beregn!)|err:[0-9]{3})"
)
#: Suspicious texts: surrounding blanks, words such as NULL, and texts that look like formulas.
SUSPICIOUS = (
    r"(?s)[\x00-\x08\x0e-\x1f]|^[\s\p{Z}]|[\s\p{Z}]$|^[=@]|^[+-](?:$|[^0-9]|.*[^0-9., ])"
    r"|^(?i:null|\(null\)|n/a|nan|none|-|–|—|\?)$"
    rf"|^{CELL_ERROR}$"
)
#: An example of each kind. A column whose own pattern refuses all examples needs no such check.
SUSPICIOUS_TEXTS = (
    " a", "a ", "=a", "@a", "+a", "-a", "null", "NULL", "none", "NaN", "n/a", "-", "?",
)  # fmt: skip
#: An identifier that a spreadsheet has mangled: ``5,56036E+09`` or ``#####``.
_MANGLED = r"-?[0-9]+([.,][0-9]+)?[eE]\+[0-9]+|#+"
#: Texts that people write in place of an unknown identifier.
_FILL_IN = (
    r"(?i)[\p{P}\p{S}\p{Z}]*(ukendt|unknown|anonym(t|iseret|ous)?|ingen|none|n[ ./]?a|nan|null|nil"
    r"|mangler|missing|uoplyst|(ikke|not)[ _](oplyst|relevant|available|known)|irrelevant"
    r"|ved[ _]ikke|udenlandsk|udland(et)?|foreign|privat(person)?|test|tbd|x+|0+)?"
    r"[\p{P}\p{S}\p{Z}]*|-[0-9]+"
)
#: Eight equal digits are not a CVR number.
_EQUAL_DIGITS = tuple(str(digit) * 8 for digit in range(10))
_IDENTIFIER = r"[^\x00-\x1f]*[0-9A-Za-z][^\x00-\x1f]*"
#: The digits of a CVR number times these weights add up to a multiple of 11.
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
#: A reason lists at most this many lines of rows with the same key.
_LINES_NAMED = 10


class RowChecks:
    """Writes the SQL for the checks of one contract.

    The table ``given`` holds the file as text. In the checks, ``"given x"`` is the text of column
    x, and ``x`` is its typed value, which is null if the text does not have this type. If the
    column accepts a name instead of a code, ``"given x"`` is the code and ``"sent x"`` is the text
    of the file.
    """

    def __init__(
        self, contract: Contract, period: str, organisation_id: str | None, registers: Registers
    ) -> None:
        self.contract = contract
        self.period = period
        self.organisation_id = organisation_id
        self.registers = registers

    def judged(self) -> str:
        """Query whether each row is valid, and the row's typed columns, in the file's order."""
        columns = self.contract.columns
        conditions = [f"not ({self._is_example()})"]
        conditions += [f"({self._fault(c)}) is null" for c in columns]
        conditions += [
            f"({self._predicate(rule.predicate)}) is true" for rule in self.contract.rules
        ]
        outputs = ["source_row", *(sql_name(c.name) for c in columns if c.sql_type != "varchar")]
        return f"""
            with typed as ({self._typed_rows()})
            select
                {", ".join(outputs)},
                {" and ".join(conditions)} as sound,
                {self._odd_cvr()} as {ODD_CVR}
            from typed
            order by source_row
        """

    def faults(self) -> str:
        """One row per fault of the invalid rows in ``judged``."""
        first = self.contract.columns[0]
        listed = [
            f"{{'position': -1, 'column': {sql_text(first.name)}, 'value': {_sent_name(first)},"
            f" 'fault': case when {self._is_example()} then {sql_text(EXAMPLE)} end}}"
        ]
        listed += [
            f"{{'position': {n}, 'column': {sql_text(c.name)}, 'value': {_sent_name(c)},"
            f" 'fault': {self._fault(c)}}}"
            for n, c in enumerate(self.contract.columns)
        ]
        for n, rule in enumerate(self.contract.rules, start=len(self.contract.columns)):
            named = [
                c for c in self.contract.columns if re.search(rf"\b{c.name}\b", rule.predicate)
            ]
            sound = " and ".join(f"({self._fault(c)}) is null" for c in named)
            values = ", ".join(f"coalesce({_sent_name(c)}, '')" for c in named)
            listed.append(
                f"{{'position': {n}, 'column': {sql_text(', '.join(c.name for c in named))},"
                f" 'value': concat_ws(', ', {values}), 'fault': case when {sound}"
                f" and ({self._predicate(rule.predicate)}) is not true"
                f" then {sql_text('rule ' + rule.name)} end}}"
            )
        return f"""
            with typed as ({self._typed_rows()}),
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
            -- a template's example row has no other fault
            qualify found['fault'] = {sql_text(EXAMPLE)} or not bool_or(found['fault'] =
                {sql_text(EXAMPLE)}) over (partition by source_row)
            order by source_row, found['position']
        """

    def has_repeats(self) -> str:
        """A query that returns a row if a key of ``sound_rows`` may occur twice."""
        key = ", ".join(map(sql_name, self.contract.key))
        return f"""
            select hashed.key_hash
            from (select hash({key}) as key_hash from sound_rows) as hashed
            group by hashed.key_hash
            having count(*) > 1
            limit 1
        """

    def repeats(self) -> str:
        """The rows of ``sound_rows`` that repeat or contradict another row with the same key."""
        key = ", ".join(map(sql_name, self.contract.key))
        contents = ", ".join(sql_name(c.name) for c in self.contract.columns)
        values = ", ".join(f"given.{self._file_column(name)}" for name in self.contract.key)
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
                {sql_text(", ".join(self.contract.key))} as column,
                left(concat_ws(', ', {values}), {KEPT_CHARACTERS}) as value,
                if(keys.differ, 'key_conflict', '{KEY_REPEAT}') as fault,
                keys.lines as detail
            from sound_rows
            inner join keys using ({key})
            inner join given on sound_rows.source_row = given.source_row
            where keys.differ or sound_rows.source_row > keys.first_row
            order by sound_rows.source_row
        """

    def disagreements(self) -> Iterable[str]:
        """For each of the contract's constants, query the rows of ``sound_rows`` that break it."""
        for owner, constant in self.contract.constants:
            yield f"""
                with owners as (
                    select
                        {sql_name(owner)},
                        array_to_string(list(line order by line)[:{_LINES_NAMED}], ', ') as lines
                    from sound_rows
                    group by {sql_name(owner)}
                    having count(distinct {sql_name(constant)}) > 1
                )
                select
                    sound_rows.source_row,
                    sound_rows.line,
                    {sql_text(f"{owner}, {constant}")} as column,
                    left(
                        concat_ws(
                            ', ',
                            given.{self._file_column(owner)},
                            given.{self._file_column(constant)}
                        ),
                        {KEPT_CHARACTERS}
                    ) as value,
                    'disagree' as fault,
                    owners.lines as detail
                from sound_rows
                inner join owners using ({sql_name(owner)})
                inner join given on sound_rows.source_row = given.source_row
                order by sound_rows.source_row
            """

    def _file_column(self, name: str) -> str:
        """The SQL name of the column in ``given`` that has the text of the file."""
        column = next(c for c in self.contract.columns if c.name == name)
        return sql_name(sent_column(name) if takes_names(column) else name)

    def _is_example(self) -> str:
        """Whether a row is the whole example of a template.

        A template writes :data:`EXAMPLE_MARK` before each value. Earlier templates had the
        contract's examples without a mark, which only some contracts refuse.
        """
        examples = [c for c in self.contract.columns if c.example]
        alternatives = [[_is_marked(c) for c in examples]]
        if self.contract.refuses_examples:
            alternatives.append(
                [
                    f"coalesce({given_name(c.name)}, '') = {sql_text(c.example)}"
                    for c in self.contract.columns
                ]
            )
        return " or ".join(f"({' and '.join(conditions)})" for conditions in alternatives)

    def _typed_rows(self) -> str:
        texts = [f"{sql_name(c.name)} as {given_name(c.name)}" for c in self.contract.columns]
        texts += [_sent_name(c) for c in self.contract.columns if takes_names(c)]
        dialect = self.contract.dialect
        values = [
            f"{_typed_value(c, dialect)} as {sql_name(c.name)}" for c in self.contract.columns
        ]
        return f"select source_row, line, {', '.join(texts + values)} from given"

    def _fault(self, column: Column) -> str:
        """SQL for the name of the first check that the column's text fails, or null."""
        text = given_name(column.name)
        cases: list[Case] = [
            *([(f"{text} is null", "missing")] if column.required else []),
            *([(_is_marked(column), EXAMPLE_LEFT)] if column.example else []),
            *(self._of_identifier(column) if column.personal else self._of_kind(column)),
            *_of_shape(column),
            *self._of_owner(column),
        ]
        whens = " ".join(
            f"when {condition} then {sql_text(fault) if fault else 'null'}"
            for condition, fault in cases
        )
        return f"case {whens} end" if whens else "cast(null as varchar)"

    def _of_owner(self, column: Column) -> list[Case]:
        if column.name != "organisation_id" or self.organisation_id is None:
            return []
        return [(f"{given_name(column.name)} <> {sql_text(self.organisation_id)}", "own")]

    def _of_kind(self, column: Column) -> list[Case]:
        """The check that a text fits its column's type, code list or register."""
        text = given_name(column.name)
        if column.sql_type != "varchar":
            untyped = f"{text} is not null and {sql_name(column.name)} is null"
            return [(untyped, column.logical_type)]
        if column.allowed:
            return [(f"{text} not in ({_listed(column.allowed)})", "code")]
        if column.register:
            return [(f"{text} not in ({_listed(self.registers[column.register])})", "register")]
        if _lets_pass_suspicious(column.pattern):
            return [(f"regexp_matches({text}, {sql_text(SUSPICIOUS)})", "text")]
        return []

    def _of_identifier(self, column: Column) -> list[Case]:
        text = given_name(column.name)
        danish = f"coalesce({self._kind(column)} = 'DK', false)"
        digits = f"regexp_full_match({text}, '[0-9]{{8}}')"
        return [
            # most identifiers are CVR numbers, and need no further check
            (f"{danish} and {digits} and {text} not in ({_listed(_EQUAL_DIGITS)})", None),
            (f"regexp_full_match({text}, {sql_text(_MANGLED)})", "mangled"),
            (f"regexp_full_match({text}, {sql_text(_FILL_IN)})", "fill_in"),
            (f"{text} in ({_listed(_EQUAL_DIGITS)}) and {danish}", "fill_in"),
            (f"{danish} and {text} is not null", "cvr"),
            (f"regexp_matches({text}, {sql_text(SUSPICIOUS)})", "text"),
            (f"not regexp_full_match({text}, '{_IDENTIFIER}')", "identifier"),
        ]

    def _odd_cvr(self) -> str:
        """Whether a CVR number fails its check digit, which is a warning and not a fault."""
        odd = []
        for column in (c for c in self.contract.columns if c.personal):
            number = f"try_cast({given_name(column.name)} as bigint)"
            digits = [f"{number} // {10**n} % 10" for n in reversed(range(len(_CVR_WEIGHTS)))]
            weighted = " + ".join(f"{d} * {w}" for d, w in zip(digits, _CVR_WEIGHTS, strict=True))
            odd.append(f"coalesce({self._kind(column)} = 'DK' and ({weighted}) % 11 > 0, false)")
        return " or ".join(odd) or "false"

    def _kind(self, column: Column) -> str:
        """The kind of an identifier: the text of another column, or a fixed word."""
        kind = str(column.identifier_of)
        return (
            given_name(kind) if kind in {c.name for c in self.contract.columns} else sql_text(kind)
        )

    def _predicate(self, predicate: str) -> str:
        period = self.period if self.contract.period_kind == "year" else sql_text(self.period)
        return predicate.replace("${period}", period)


def marked_example(example: str) -> str:
    """Write an example as in a template, such as ``EKSEMPEL 4,50``; empty if there is none."""
    return f"{EXAMPLE_MARK} {example}" if example else ""


def _is_marked(column: Column) -> str:
    """SQL that tells whether a text is left over from a template's example.

    A free text, such as a title, may begin with the same word; in such a column, only the example
    itself is refused.
    """
    text = f"coalesce({given_name(column.name)}, '')"
    if column.is_free_text and not column.pattern and column.key_position is None:
        return f"{text} in ({_listed([EXAMPLE_MARK, marked_example(column.example)])})"
    return f"starts_with({text}, {sql_text(EXAMPLE_MARK)})"


def _of_shape(column: Column) -> list[Case]:
    """The checks of pattern, length and range that the contract declares for a column."""
    text, value = given_name(column.name), sql_name(column.name)
    cases: list[Case] = []
    if column.pattern:
        cases.append((f"not regexp_full_match({text}, {sql_text(column.pattern)})", "pattern"))
    if column.max_length:
        cases.append((f"length({text}) > {column.max_length}", "length"))
    if column.minimum is not None:
        cases.append((f"{value} < {column.minimum}", "range"))
    if column.maximum is not None:
        cases.append((f"{value} > {column.maximum}", "range"))
    return cases


def _typed_value(column: Column, dialect: Dialect) -> str:
    """SQL for the typed value of a text; null if the text does not follow the dialect."""
    text = sql_name(column.name)
    if column.sql_type == "varchar":
        return text
    if column.logical_type == "boolean":
        true, false = dialect.booleans
        return f"case {text} when {sql_text(true)} then true when {sql_text(false)} then false end"
    if column.logical_type == "date":
        shapes = "|".join(
            re.sub("%[md]", "[0-9]{2}", f.replace("%Y", "[0-9]{4}")) for f in dialect.dates
        )
        formats = _listed(dialect.dates)
        return (
            f"case when regexp_full_match({text}, {sql_text(shapes)})"
            f" then cast(try_strptime({text}, [{formats}]) as date) end"
        )
    number = _number_pattern(column, dialect)
    plain = f"replace({text}, {sql_text(dialect.thousands)}, '')"
    plain = f"replace({plain}, {sql_text(dialect.decimal)}, '.')"
    return (
        f"case when regexp_full_match({text}, {sql_text(number)})"
        f" then try_cast({plain} as {column.sql_type}) end"
    )


def _number_pattern(column: Column, dialect: Dialect) -> str:
    """The pattern of a column's numbers: thousands are grouped in threes or not at all.

    For example, ``1.234,5`` and ``1234,5`` fit. ``0.123`` does not fit, because no number begins
    with a group of 0. A number with more decimals than the type holds does not fit either.
    """
    scale = column.scale
    point, comma = re.escape(dialect.thousands), re.escape(dialect.decimal)
    fraction = f"({comma}[0-9]{{1,{scale}}})?" if scale else ""
    return rf"-?([0-9]+|[1-9][0-9]{{0,2}}({point}[0-9]{{3}})+){fraction}"


def _lets_pass_suspicious(pattern: str | None) -> bool:
    """Whether a column's own pattern accepts suspicious texts, which then need a check."""
    return not pattern or any(re.fullmatch(pattern, text) for text in SUSPICIOUS_TEXTS)


def sql_name(name: str) -> str:
    """A column's name, quoted for SQL."""
    return '"' + name.replace('"', '""') + '"'


def given_name(name: str) -> str:
    """The SQL name of a column's text, next to its typed value."""
    return sql_name(f"given {name}")


def sent_column(name: str) -> str:
    """The column with the text of the file, if the file may have a name instead of a code."""
    return f"sent {name}"


def _sent_name(column: Column) -> str:
    """The SQL name of a column's text as the file has it."""
    return sql_name(sent_column(column.name)) if takes_names(column) else given_name(column.name)


def sql_text(text: str) -> str:
    """A text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _listed(values: Iterable[str]) -> str:
    return ", ".join(map(sql_text, sorted(values)))
