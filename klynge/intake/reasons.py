"""The reasons that a reporter reads for a rejected row: its fault, and how to correct it."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches

from klynge.intake.contracts import Column, Contract

#: A text in English and one in Danish.
Reason = tuple[str, str]

#: Only this many distinct faults of a file get a suggestion, because each takes time.
_SUGGESTIONS = 1000
_LONGEST_SUGGESTED = 100
#: A number with more digits than this can be correctly written, but too large for its column.
_MANY_DIGITS = 9
#: Faults of values that are correctly written.
_OF_SOUND_TEXT = frozenset({"missing", "length", "range", "own", "identifier"})

_RECORDS: dict[str, Reason] = {
    "nul": (
        "the record holds a NUL byte; save the file again from its source",
        "posten indeholder en NUL-byte; gem filen igen fra dens kilde",
    ),
    "quotes": (
        "the quotes do not match; put the whole field in quotes, and double the quotes inside it",
        "anførselstegnene passer ikke; sæt dem om hele feltet, og fordobl dem inde i feltet",
    ),
    "carriage_return": (
        "there is a carriage return inside the record; remove it",
        "der står et linjeskift (CR) inde i posten; fjern det",
    ),
    "huge": (
        "a field is longer than a million characters; shorten it, or close its quotes",
        "et felt er længere end en million tegn; forkort det, eller luk anførselstegnene",
    ),
    "fields": (
        "the record has {found} fields and the header {width}; check semicolons and quotes",
        "posten har {found} felter og overskriften {width}; se efter semikoloner og anførselstegn",
    ),
    "cell_error": (
        "the cell holds an error; correct its formula, or write the value",
        "cellen indeholder en fejl; ret formlen, eller skriv værdien",
    ),
    "cell_formula": (
        "the cell holds a formula that no program has computed; open the workbook in a "
        "spreadsheet and save it, or write the value",
        "cellen indeholder en formel, som intet program har beregnet; åbn projektmappen i et "
        "regneark, og gem den, eller skriv værdien",
    ),
    "cell_date": (
        "the cell is a date, but the column holds text; format the cell as text and write it again",
        "cellen er en dato, men kolonnen er tekst; formatér cellen som tekst, og skriv den igen",
    ),
}

_VALUES: dict[str, Reason] = {
    "missing": (
        "a value is required; fill in the field",
        "feltet skal udfyldes",
    ),
    "blanks": (
        "there are blanks before or after the value; remove them",
        "der er mellemrum før eller efter værdien; fjern dem",
    ),
    "null_word": (
        "this is not a value; leave the field empty where the value is unknown",
        "det er ikke en værdi; lad feltet være tomt, hvor intet er oplyst",
    ),
    "control": (
        "there are control characters in the text; remove them",
        "der er styretegn i teksten; fjern dem",
    ),
    "formula": (
        "the text looks like a formula; write the value itself, without = @ + - before it",
        "teksten ligner en formel; skriv selve værdien uden = @ + - foran",
    ),
    "integer": (
        "not a whole number; write digits only, such as 1234",
        "ikke et heltal; skriv kun cifre, for eksempel 1234",
    ),
    "number": (
        "not a number; write digits with a decimal comma, such as 1234,5",
        "ikke et tal; skriv cifre med decimalkomma, for eksempel 1234,5",
    ),
    "decimals": (
        "too many decimals: at most {scale}; round the number",
        "for mange decimaler: højst {scale}; afrund selv tallet",
    ),
    "point": (
        "a point separates thousands and a comma decimals; write {proposal}",
        "punktum adskiller tusinder, komma decimaler; skriv {proposal}",
    ),
    "digits": (
        "the number is too large for the column; correct it",
        "tallet er for stort til kolonnen; ret det",
    ),
    "date": (
        "not a date; write year-month-day, such as 2021-03-31, or day-month-year: 31-03-2021",
        "ikke en dato; skriv år-måned-dag, for eksempel 2021-03-31, eller dag-måned-år: 31-03-2021",
    ),
    "no_such_date": (
        "the calendar has no such day; correct the date",
        "datoen findes ikke i kalenderen; ret den",
    ),
    "boolean": (
        "the answer must be {true} or {false}",
        "svaret skal være {true} eller {false}",
    ),
    "code": (
        "not an allowed value; use one of {allowed}",
        "ikke en tilladt værdi; brug en af {allowed}",
    ),
    "register": (
        "not in the register {register}; correct the value",
        "findes ikke i registret {register}; ret værdien",
    ),
    "pattern": (
        "the form is wrong ({description}); write for example {example}",
        "{label} er ikke skrevet, som det skal; skriv for eksempel {example}",
    ),
    "length": (
        "too long: at most {max_length} characters; shorten it",
        "for lang: højst {max_length} tegn; forkort den",
    ),
    "range": (
        "outside the allowed range: {bounds_en}; correct the number",
        "uden for de tilladte grænser: {bounds_da}; ret tallet",
    ),
    "cvr": (
        "a Danish participant has a CVR number of exactly eight digits; correct it",
        "en dansk deltager har et CVR-nummer på præcis otte cifre; ret det",
    ),
    "identifier": (
        "an identifier consists of letters and digits on one line; correct it",
        "et id består af bogstaver og cifre på én linje; ret det",
    ),
    "own": (
        "the row is about another organisation; report only rows of {organisation_id}",
        "rækken hører til en anden organisation; indberet kun rækker for {organisation_id}",
    ),
}

_KEYS: dict[str, Reason] = {
    "key_conflict": (
        "lines {lines} have the same key but different content; keep only the right one",
        "linje {lines} har samme nøgle, men forskelligt indhold; behold kun den rigtige",
    ),
    "key_repeat": (
        "lines {lines} hold the same row; the first is kept, remove the others",
        "rækken er gentaget i linje {lines}; den første er beholdt, fjern de øvrige",
    ),
    "disagree": (
        "lines {lines} have the same {owner} but different {constant}; correct the wrong lines",
        "linje {lines} har samme {owner}, men forskellig {constant}; ret de forkerte linjer",
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
        registers: Mapping[tuple[str, str], Collection[str]],
    ) -> None:
        self._columns = {c.name: c for c in contract.columns}
        self._rules = {
            f"rule {r.name}": (f"rule: {r.rule_en}", f"regel: {r.rule_da}") for r in contract.rules
        }
        self._dialect = contract.dialect
        self._organisation_id = organisation_id
        self._registers = registers
        self._suggestions_left = _SUGGESTIONS

    def of(self, column: str, value: str | None, fault: str, detail: str) -> Reason:
        """The English and Danish reason for a fault; ``value`` is None if the field is empty."""
        if fault in self._rules:
            return self._rules[fault]
        if fault in _KEYS:
            owner, _, constant = column.partition(", ")
            return _filled(_KEYS[fault], lines=detail, owner=owner, constant=constant)
        if fault in _RECORDS:
            return _filled(_RECORDS[fault], found=detail, width=len(self._columns))
        return self._of_value(self._columns[column], value or "", fault)

    def _of_value(self, column: Column, value: str, fault: str) -> Reason:
        true, false = self._dialect.booleans
        allowed: Collection[str] = column.allowed or (
            self._registers[column.register] if column.register else (true, false)
        )
        seed = column.register[0] if column.register else ""
        near = self._nearest(value, allowed) if fault in {"code", "register", "boolean"} else None
        english, danish = _filled(
            _VALUES[self._narrowed(column, value, fault)],
            scale=column.scale,
            proposal=self._proposal(value),
            allowed=", ".join(allowed),
            true=true,
            false=false,
            register=seed,
            description=column.description,
            label=column.label_da,
            example=column.example,
            max_length=column.max_length,
            bounds_en=_bounds(column, "at least", "at most"),
            bounds_da=_bounds(column, "mindst", "højst").replace(".", self._dialect.decimal),
            organisation_id=self._organisation_id,
        )
        if near:
            return f"{english}; is it {near}?", f"{danish}; mente du {near}?"
        return english, danish

    def _narrowed(self, column: Column, value: str, fault: str) -> str:
        """A more precise name for a fault, if the value's form gives one; else the fault itself."""
        return (
            (None if fault in _OF_SOUND_TEXT else _narrowed_text(value, fault))
            or self._narrowed_number(column, value, fault)
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

    def _proposal(self, value: str) -> str:
        """The proposed value: a number with a decimal point, rewritten in the dialect."""
        return value.replace(self._dialect.thousands, self._dialect.decimal)

    def _nearest(self, value: str, allowed: Collection[str]) -> str | None:
        if len(value) > _LONGEST_SUGGESTED or self._suggestions_left == 0:
            return None
        self._suggestions_left -= 1
        by_small = {a.lower(): a for a in allowed}
        near = get_close_matches(value.strip().lower(), by_small, 1)
        return by_small[near[0]] if near else None


def _narrowed_text(value: str, fault: str) -> str | None:
    if value != value.strip():
        return "blanks"
    if _NULL_WORD.fullmatch(value):
        return "null_word"
    if fault == "text":
        return "control" if _CONTROL.search(value) else "formula"
    if value.startswith(("=", "@")):
        return "formula"
    if fault == "date" and re.fullmatch(r"[0-9]+-[0-9]+-[0-9]+", value):
        return "no_such_date"
    return None


def _filled(reason: Reason, **details: object) -> Reason:
    english, danish = reason
    return english.format(**details), danish.format(**details)


def _bounds(column: Column, at_least: str, at_most: str) -> str:
    given = ((at_least, column.minimum), (at_most, column.maximum))
    return ", ".join(f"{word} {bound}" for word, bound in given if bound is not None)
