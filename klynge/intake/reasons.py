"""The reasons for rejected rows, which tell a reporter the fault and how to correct it."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from unicodedata import category, normalize

from klynge.intake.contracts import Column, Contract
from klynge.intake.countries import COUNTRIES, COUNTRY_SPELLINGS, likely_country
from klynge.intake.proposals import propose_date, propose_number
from klynge.intake.row_checks import CELL_ERROR, EXAMPLE, EXAMPLE_LEFT, Registers
from klynge.messages import Message, label, message, unfilled

#: The end of a reason for a value that a register lacks. A reporter reads it in the file of
#: rejected rows, and the secretariat in ``klynge load``, so it is true for both.
NEW_VALUE = message("only the secretariat can add a new value to the register")
#: Only this many distinct faults of a file get a suggestion, because each takes time.
_SUGGESTIONS = 1000
_LONGEST_SUGGESTED = 100
#: A value is suggested only if it is this similar, as difflib measures it. A worse guess could lead
#: a reporter to a wrong value.
_SIMILARITY = 0.8
#: A number in the right form with more digits than this is too large for its column.
_MANY_DIGITS = 9
#: Faults of values whose form is correct.
_OF_SOUND_TEXT = frozenset(
    {"missing", "length", "range", "own", "identifier", "mangled", "fill_in"}
)
#: Other words that people write for true and false.
_YES, _NO = {"j", "y", "yes", "true", "sand", "1", "x"}, {"n", "no", "false", "falsk", "0", "nein"}

_RECORDS = {
    "nul": unfilled("the record holds a NUL byte; save the file again from its source"),
    "quotes": unfilled(
        "the quotes do not match; put the whole field in quotes, and double the quotes inside it"
    ),
    "carriage_return": unfilled("there is a carriage return inside the record; remove it"),
    "huge": unfilled(
        "a field is longer than a million characters; shorten it, or close its quotes"
    ),
    "fields": unfilled(
        "fields in the record: {found}, in the header: {width}; check semicolons and quotes"
    ),
    "cell_error": unfilled("the cell holds an error; correct its formula, or write the value"),
    EXAMPLE: unfilled("this is the example row of the template; delete it"),
    EXAMPLE_LEFT: unfilled(
        "the template's example still stands here; write your own value, or delete the row"
    ),
    "cell_formula": unfilled(
        "the cell holds a formula that no program has computed; open the workbook in a "
        "spreadsheet and save it, or write the value"
    ),
    "cell_date": unfilled(
        "the cell is a date, but the column holds text; format the cell as text and write it again"
    ),
}

_VALUES = {
    "missing": unfilled("a value is required; fill in the field"),
    "blanks": unfilled("there are blanks before or after the value; remove them"),
    "null_word": unfilled("this is not a value; leave the field empty where the value is unknown"),
    "unseen": unfilled(
        "the value holds a character that cannot be seen ({unseen}); write it again: {proposal}"
    ),
    "cell_error_text": unfilled(
        "this is an error of a spreadsheet; correct its formula, or write the value"
    ),
    "control": unfilled("there are control characters in the text; remove them"),
    "formula": unfilled(
        "the text looks like a formula; write the value itself, without = @ + - before it"
    ),
    "integer": unfilled("not a whole number; write digits only, such as 1234"),
    "number": unfilled("not a number; write digits with a decimal comma, such as 1234,5"),
    "decimals": unfilled("too many decimals: at most {scale}; round the number"),
    "point": unfilled("a point separates thousands and a comma decimals; write {proposal}"),
    "number_shape": unfilled("not a number as it is written here; write {proposal}"),
    "integer_shape": unfilled("not a whole number as it is written here; write {proposal}"),
    "digits": unfilled("the number is too large for the column; correct it"),
    "date": unfilled(
        "not a date; write year-month-day, such as 2021-03-31, or day-month-year: 31-03-2021"
    ),
    "date_shape": unfilled("not a date as it is written here; write {proposal}"),
    "no_such_date": unfilled("the calendar has no such day; correct the date"),
    "no_such_date_shape": unfilled("the calendar has no such day; did you mean {proposal}?"),
    "boolean": unfilled("the answer must be {true} or {false}"),
    "code": unfilled("not an allowed value; use one of {allowed}"),
    "country": unfilled(
        "not a country code of ISO 3166-1; write its two capital letters, such as DK"
    ),
    "register": unfilled("not in the register {register}; correct the value"),
    "pattern": unfilled("the form is wrong ({column}); write for example {example}"),
    "pattern_shape": unfilled("the form is wrong ({column}); write {proposal}"),
    "length": unfilled("too long: at most {max_length} characters; shorten it"),
    "range": unfilled("outside the allowed range: {bounds}; correct the number"),
    "cvr": unfilled("a Danish participant has a CVR number of exactly eight digits; correct it"),
    "cvr_shape": unfilled(
        "a Danish participant has a CVR number of exactly eight digits; write {proposal}"
    ),
    "mangled": unfilled(
        "a spreadsheet has cut this number; format the column as text, and write all its digits"
    ),
    "fill_in": unfilled(
        "this names nobody, so that several would become one; write the number or the name"
    ),
    "identifier": unfilled("an identifier consists of letters and digits on one line; correct it"),
    "own": unfilled("the row is about another organisation; report only rows of {organisation_id}"),
}

_KEYS = {
    "key_conflict": unfilled(
        "lines {lines} have the same key but different content; keep only the right one"
    ),
    "key_repeat": unfilled("lines {lines} hold the same row; the first is kept, remove the others"),
    "disagree": unfilled(
        "lines {lines} have the same {owner} but different {constant}; correct the wrong lines"
    ),
}

_NULL_WORD = re.compile(r"null|\(null\)|#?n/?a|nan|none|-|–|—|\?", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Reasons:
    """The reasons for one file's faults."""

    def __init__(
        self,
        contract: Contract,
        organisation_id: str | None,
        registers: Registers,
    ) -> None:
        self._columns = {c.name: c for c in contract.columns}
        self._rules = {
            f"rule {r.name}": message("rule: {rule}", rule=label(r.rule_en, r.rule_da))
            for r in contract.rules
        }
        self._dialect = contract.dialect
        self._organisation_id = organisation_id
        self._registers = registers
        self._suggestions_left = _SUGGESTIONS

    def of(self, column: str, value: str | None, fault: str, detail: str) -> Message:
        """Return the reason for a fault; ``value`` is None if the field is empty."""
        if fault in self._rules:
            return self._rules[fault]
        if fault in _KEYS:
            owner, _, constant = column.partition(", ")
            return message(_KEYS[fault], lines=detail, owner=owner, constant=constant)
        if fault in _RECORDS:
            return message(_RECORDS[fault], found=detail, width=len(self._columns))
        return self._of_value(self._columns[column], value or "", fault)

    def _of_value(self, column: Column, value: str, fault: str) -> Message:
        true, false = self._dialect.booleans
        allowed: Collection[str] = column.allowed or (
            self._registers[column.register] if column.register else (true, false)
        )
        seed = column.register[0] if column.register else ""
        listed = fault in {"code", "register", "boolean"}
        narrowed = self._narrowed(column, value, fault)
        is_written_well = listed and narrowed not in {"blanks", "unseen"}
        near = self._likely(column, value, allowed) if is_written_well else None
        proposal = None if narrowed in _OF_SOUND_TEXT else self._proposal(column, value, narrowed)
        if proposal is not None and f"{narrowed}_shape" in _VALUES:
            narrowed = f"{narrowed}_shape"
        reason = message(
            _VALUES[narrowed],
            scale=column.scale,
            proposal=proposal,
            unseen=_unseen(value),
            allowed=_labelled(column) if narrowed == "code" else (),
            true=true,
            false=false,
            register=seed,
            column=label(column.description, column.label_da),
            example=column.example,
            max_length=column.max_length,
            bounds=_bounds(column),
            organisation_id=self._organisation_id,
        )
        if near:
            return message("{reason}; is it {near}?", reason=reason, near=near)
        if narrowed == "register":
            return message("{reason}; {addition}", reason=reason, addition=NEW_VALUE)
        return reason

    def _narrowed(self, column: Column, value: str, fault: str) -> str:
        """Return a more precise name for a fault if the value shows one, else the fault."""
        country = "country" if fault == "register" and column.register == COUNTRIES else None
        return (
            (None if fault in _OF_SOUND_TEXT else _narrowed_text(value, fault))
            or self._narrowed_number(column, value, fault)
            or country
            or fault
        )

    def _narrowed_number(self, column: Column, value: str, fault: str) -> str | None:
        decimal, thousands = re.escape(self._dialect.decimal), re.escape(self._dialect.thousands)
        too_many_decimals = rf"-?[0-9.]+{decimal}[0-9]{{{column.scale + 1},}}"
        if fault == "number" and re.fullmatch(rf"-?[0-9]+{thousands}[0-9]+", value):
            return "point"
        if fault == "number" and re.fullmatch(too_many_decimals, value):
            return "decimals"
        well_written = re.fullmatch(rf"-?[0-9]+({decimal}[0-9]+)?", value)
        if fault in {"integer", "number"} and well_written and len(value) > _MANY_DIGITS:
            return "digits"
        return None

    def _proposal(self, column: Column, value: str, fault: str) -> str | None:
        """The correct spelling of the value, if it is known."""
        plain = re.sub(r"[\s./_-]|^DK", "", normalize("NFKC", value))
        proposal: str | None = None
        match fault:
            case "unseen":
                proposal = "".join(c for c in value if category(c) != "Cf").strip()
            case "point":
                proposal = value.replace(self._dialect.thousands, self._dialect.decimal)
            case "number" | "integer":
                proposal = propose_number(value, column.scale, self._dialect)
            case "date" | "no_such_date":
                day = propose_date(value)
                proposal = None if day is None else f"{day:%d-%m-%Y}"
            case "cvr":
                proposal = plain if re.fullmatch("[0-9]{8}", plain) else None
            case "pattern":
                proposal = plain if re.fullmatch(column.pattern or "", plain) else None
        return proposal

    def _likely(self, column: Column, value: str, allowed: Collection[str]) -> str | None:
        """Guess which allowed value was meant, from codes, labels and similar spellings."""
        plain = value.strip().casefold()
        if column.register == COUNTRIES:
            return likely_country(value, self._registers.get(COUNTRY_SPELLINGS, {}))
        if column.logical_type == "boolean":
            true, false = self._dialect.booleans
            return true if plain in {true, *_YES} else false if plain in {false, *_NO} else None
        labels = column.allowed or self._registers.get(column.register or ("", ""), {})
        by_label = {label.casefold(): code for code, label in labels.items()}
        beginning = [code for code in allowed if plain and code.startswith(f"{plain}_")]
        if plain in by_label:
            return by_label[plain]
        if len(beginning) == 1:
            return beginning[0]
        return self._nearest(plain, {**by_label, **{code.casefold(): code for code in allowed}})

    def _nearest(self, plain: str, codes: Mapping[str, str]) -> str | None:
        """Return the code of the nearest spelling, if any; ``codes`` maps spellings to codes."""
        if len(plain) > _LONGEST_SUGGESTED or self._suggestions_left == 0:
            return None
        self._suggestions_left -= 1
        near = get_close_matches(plain, codes, 1, _SIMILARITY)
        return codes[near[0]] if near else None


def _unseen(value: str) -> list[str]:
    """Return the invisible characters of a text, such as ``U+200B``."""
    return [f"U+{ord(c):04X}" for c in value if category(c) == "Cf"]


def _narrowed_text(value: str, fault: str) -> str | None:
    is_day = re.fullmatch("[0-9]{2}-[0-9]{2}-[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
    of_text = "control" if _CONTROL.search(value) else "formula"
    cases = (
        ("unseen", bool(_unseen(value))),
        ("blanks", value != value.strip()),
        ("cell_error_text", bool(re.fullmatch(CELL_ERROR, value))),
        ("null_word", bool(_NULL_WORD.fullmatch(value))),
        (of_text, fault == "text"),
        ("formula", value.startswith(("=", "@"))),
        ("no_such_date", fault == "date" and is_day is not None),
    )
    return next((name for name, is_so in cases if is_so), None)


def _labelled(column: Column) -> list[Message]:
    """The allowed values of a column; in Danish, each with its label."""
    return [
        label(code, f"{code} ({name})" if name else code) for code, name in column.allowed.items()
    ]


def _bounds(column: Column) -> list[Message]:
    bounds = []
    if column.minimum is not None:
        bounds.append(message("at least {bound}", bound=column.minimum))
    if column.maximum is not None:
        bounds.append(message("at most {bound}", bound=column.maximum))
    return bounds
