"""The reasons for rejected rows, as a reporter reads them: the fault, and how to correct it."""

import re
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from unicodedata import category, normalize

from klynge.intake.contracts import Column, Contract
from klynge.intake.countries import COUNTRIES, COUNTRY_SPELLINGS, likely_country
from klynge.intake.proposals import propose_date, propose_number
from klynge.intake.row_checks import CELL_ERROR, EXAMPLE, EXAMPLE_LEFT, Registers

#: A text in English and one in Danish.
Reason = tuple[str, str]

#: Only this many distinct faults of a file get a suggestion, because each takes time.
_SUGGESTIONS = 1000
_LONGEST_SUGGESTED = 100
#: A value is suggested only if it is this similar, as difflib measures it. A worse guess could lead
#: a reporter to a wrong value.
_SIMILARITY = 0.8
_IF_NEW: Reason = (
    "if it is new, ask the secretariat to add it",
    "er værdien ny, så bed sekretariatet tilføje den",
)
#: A number with more digits than this is too large for its column, even if it is correctly written.
_MANY_DIGITS = 9
#: Faults of values that are correctly written.
_OF_SOUND_TEXT = frozenset(
    {"missing", "length", "range", "own", "identifier", "mangled", "fill_in"}
)
#: Other words that people write for true and false.
_YES, _NO = {"j", "y", "yes", "true", "sand", "1", "x"}, {"n", "no", "false", "falsk", "0", "nein"}

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
    EXAMPLE: (
        "this is the example row of the template; delete it",
        "det er skabelonens eksempelrække; slet den",
    ),
    EXAMPLE_LEFT: (
        "the template's example still stands here; write your own value, or delete the row",
        "her står stadig skabelonens eksempel; skriv jeres egen værdi, eller slet rækken",
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
    "unseen": (
        "the value holds a character that cannot be seen ({unseen}); write it again: {proposal}",
        "værdien indeholder et usynligt tegn ({unseen}); skriv den igen: {proposal}",
    ),
    "cell_error_text": (
        "this is an error of a spreadsheet; correct its formula, or write the value",
        "det er en fejl fra et regneark; ret formlen, eller skriv værdien",
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
    "number_shape": (
        "not a number as it is written here; write {proposal}",
        "tallet er ikke skrevet, som det skal; skriv {proposal}",
    ),
    "integer_shape": (
        "not a whole number as it is written here; write {proposal}",
        "heltallet er ikke skrevet, som det skal; skriv {proposal}",
    ),
    "digits": (
        "the number is too large for the column; correct it",
        "tallet er for stort til kolonnen; ret det",
    ),
    "date": (
        "not a date; write year-month-day, such as 2021-03-31, or day-month-year: 31-03-2021",
        "ikke en dato; skriv år-måned-dag, for eksempel 2021-03-31, eller dag-måned-år: 31-03-2021",
    ),
    "date_shape": (
        "not a date as it is written here; write {proposal}",
        "datoen er ikke skrevet, som den skal; skriv {proposal}",
    ),
    "no_such_date": (
        "the calendar has no such day; correct the date",
        "datoen findes ikke i kalenderen; ret den",
    ),
    "no_such_date_shape": (
        "the calendar has no such day; did you mean {proposal}?",
        "datoen findes ikke i kalenderen; mente du {proposal}?",
    ),
    "boolean": (
        "the answer must be {true} or {false}",
        "svaret skal være {true} eller {false}",
    ),
    "code": (
        "not an allowed value; use one of {allowed}",
        "ikke en tilladt værdi; brug en af {allowed_da}",
    ),
    "country": (
        "not a country code of ISO 3166-1; write its two capital letters, such as DK",
        "ikke en landekode i ISO 3166-1; skriv landets to store bogstaver, for eksempel DK",
    ),
    "register": (
        "not in the register {register}; correct the value",
        "findes ikke i registret {register}; ret værdien",
    ),
    "pattern": (
        "the form is wrong ({description}); write for example {example}",
        "{label} er ikke skrevet, som det skal; skriv for eksempel {example}",
    ),
    "pattern_shape": (
        "the form is wrong ({description}); write {proposal}",
        "{label} er ikke skrevet, som det skal; skriv {proposal}",
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
    "cvr_shape": (
        "a Danish participant has a CVR number of exactly eight digits; write {proposal}",
        "en dansk deltager har et CVR-nummer på præcis otte cifre; skriv {proposal}",
    ),
    "mangled": (
        "a spreadsheet has cut this number; format the column as text, and write all its digits",
        "et regneark har forkortet nummeret; formatér kolonnen som tekst, og skriv alle cifre",
    ),
    "fill_in": (
        "this names nobody, so that several would become one; write the number or the name",
        "det er ikke et id, og flere ville blive til én; skriv nummeret eller navnet",
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
        registers: Registers,
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
        listed = fault in {"code", "register", "boolean"}
        narrowed = self._narrowed(column, value, fault)
        is_written_well = listed and narrowed not in {"blanks", "unseen"}
        near = self._likely(column, value, allowed) if is_written_well else None
        proposal = None if narrowed in _OF_SOUND_TEXT else self._proposal(column, value, narrowed)
        if proposal is not None and f"{narrowed}_shape" in _VALUES:
            narrowed = f"{narrowed}_shape"
        english, danish = _filled(
            _VALUES[narrowed],
            scale=column.scale,
            proposal=proposal,
            unseen=", ".join(_unseen(value)),
            allowed=", ".join(allowed),
            allowed_da=", ".join(
                f"{code} ({label})" if label else code for code, label in column.allowed.items()
            ),
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
        if narrowed == "register":
            return f"{english}; {_IF_NEW[0]}", f"{danish}; {_IF_NEW[1]}"
        return english, danish

    def _narrowed(self, column: Column, value: str, fault: str) -> str:
        """A more precise name for a fault, if the value shows it; else the fault itself."""
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
        """The allowed value that was probably meant, by its code, its label or its spelling."""
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
        """The code of the spelling that is nearest, if one is near; ``codes``: spelling -> code."""
        if len(plain) > _LONGEST_SUGGESTED or self._suggestions_left == 0:
            return None
        self._suggestions_left -= 1
        near = get_close_matches(plain, codes, 1, _SIMILARITY)
        return codes[near[0]] if near else None


def _unseen(value: str) -> list[str]:
    """The characters of a text that cannot be seen, such as ``U+200B``."""
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


def _filled(reason: Reason, **details: object) -> Reason:
    english, danish = reason
    return english.format(**details), danish.format(**details)


def _bounds(column: Column, at_least: str, at_most: str) -> str:
    given = ((at_least, column.minimum), (at_most, column.maximum))
    return ", ".join(f"{word} {bound}" for word, bound in given if bound is not None)
