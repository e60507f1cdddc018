"""Parse printed Danish numbers in Python.

The dbt macro ``danish_number`` parses the same texts. The two parsers must agree on every cell.
They must stay independent, so neither parser may use rules of the other parser.
"""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: The warehouse keeps six decimals. A fraction in words, such as "en tredjedel", is rounded.
SCALE = Decimal("0.000001")

#: Maps each number format to its description. ``danish`` is the Danish convention.
#: ``decimal_point`` and ``no_separator`` break this convention.
NUMBER_FORMATS = {
    "danish": "dot between thousands, comma before decimals",
    "decimal_point": "dot before decimals, against the Danish convention",
    "no_separator": "four digits or more with no dot between thousands",
    "word": "the number is written in words",
    "dash": "a dash stands where a number could stand: no value",
    "text": "a label, not a number: no value",
}
#: Cells of these formats have no value. A printed dash is not zero.
WITHOUT_VALUE = {"dash", "text"}

#: Maps a number format to the texts that it allows. No number has a leading zero, such as "01".
_SHAPES = {
    "danish": re.compile(r"[-−]?(0|[1-9][0-9]{0,2}(\.[0-9]{3})*)(,[0-9]+)?"),
    "decimal_point": re.compile(r"[-−]?(0|[1-9][0-9]*)\.[0-9]+"),
    "no_separator": re.compile(r"[-−]?[1-9][0-9]{3,}(,[0-9]+)?"),
}

_NUMERALS = {
    "ingen": 0,
    **dict.fromkeys(("en", "et", "én", "ét", "enkelt", "første"), 1),
    **dict.fromkeys(("to", "anden", "andet", "dobbelt", "begge", "fordoblet", "fordoblede"), 2),
    **dict.fromkeys(("tre", "tredje", "tredoblet"), 3),
    **dict.fromkeys(("fire", "fir", "fjerde"), 4),
    **dict.fromkeys(("fem", "femte"), 5),
    **dict.fromkeys(("seks", "sjette"), 6),
    **dict.fromkeys(("syv", "syvende"), 7),
    **dict.fromkeys(("otte", "ottende"), 8),
    **dict.fromkeys(("ni", "niende"), 9),
    **dict.fromkeys(("ti", "tiende"), 10),
    "elleve": 11,
    "tolv": 12,
    **dict.fromkeys(("hundred", "hundrede"), 100),
}
_DENOMINATORS = {"halv": 2, "halvdel": 2, "tredjedel": 3, "fjerdedel": 4, "femtedel": 5}


class NumberError(ValueError):
    """A printed text does not have the stated number format."""


def parse(printed_text: str, number_format: str) -> Decimal | None:
    """Return the value of a printed text in the printed unit; None if its format has no value.

    Raises :class:`NumberError` if the text does not have the format.
    """
    if number_format not in NUMBER_FORMATS:
        raise NumberError(f"unknown number_format {number_format!r}")
    if number_format in WITHOUT_VALUE:
        return None
    if number_format == "word":
        return _words(printed_text)
    text = printed_text.strip().removesuffix("%").rstrip()
    if not _SHAPES[number_format].fullmatch(text):
        raise NumberError(f"{printed_text!r} is not a number of format {number_format}")
    text = text.replace("−", "-")
    if number_format != "decimal_point":
        text = text.replace(".", "").replace(",", ".")
    return Decimal(text)


def _words(printed_text: str) -> Decimal:
    """Return the value of a number in words.

    Examples are "tolv", "fireårig", "to tredjedele" and "to en halv".
    """
    value = _fraction(printed_text.lower().replace("- ", "").split())
    if value is None:
        raise NumberError(f"{printed_text!r} is not a number in words that the parser knows")
    if value.denominator == 1:
        return Decimal(value.numerator)
    return (Decimal(value.numerator) / value.denominator).quantize(SCALE, ROUND_HALF_UP)


def _fraction(words: list[str]) -> Fraction | None:
    match words:
        case [word]:
            numeral = _numeral(word)
            return _part(word) or (None if numeral is None else Fraction(numeral))
        case [number, "en", "halv"]:
            numeral = _numeral(number)
            return Fraction(numeral) + Fraction(1, 2) if numeral else None
        case [number, part]:
            numeral, fraction = _numeral(number), _part(part)
            return numeral * fraction if numeral and fraction else None
    return None


def _numeral(word: str) -> int | None:
    return _NUMERALS.get(_without_ending(word))


def _part(word: str) -> Fraction | None:
    stem = re.sub(r"del(e|en|ene)?$", "del", _without_ending(word))
    return Fraction(1, _DENOMINATORS[stem]) if stem in _DENOMINATORS else None


def _without_ending(word: str) -> str:
    # the numeral stands before the ending: "fireårig", "toårige", "halvårlige"
    return re.sub(r"(årige?t?|årlige?t?|gange?)$", "", word)


def token_spans(line: str, text: str) -> list[tuple[int, int]]:
    """Return the positions (start, end) at which ``text`` is a separate token in ``line``.

    A part of a longer number is not a token: "5,4" is not a token of "15,4" or "5,42". A part of a
    longer word is not a token either. A footnote mark may directly follow a word that is a token.
    """
    matches = (m.span() for m in re.finditer(re.escape(text), line))
    return [(start, end) for start, end in matches if _stands_alone(line, start, end)]


def _stands_alone(line: str, start: int, end: int) -> bool:
    first, last = line[start], line[end - 1]
    before, after = line[max(start - 2, 0) : start], line[end : end + 2]
    if first.isdigit() and re.search(r"[^\W_]$|\d[.,]$", before):
        return False
    if first.isalpha() and before[-1:].isalpha():
        return False
    if last.isdigit() and re.match(r"\d|[.,]\d", after):
        return False
    return not (last.isalpha() and after[:1].isalpha())


#: Patterns of words that always state a quantity. "en" and "et" are left out, because they are
#: mostly articles. Ordinals are left out, because they mostly give a position. If such a word does
#: state a quantity, a cell may still have it.
NUMERAL_WORDS = (
    *("to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv"),
    *("begge", "dobbelt", "fordoblet", "fordoblede", "hundred", "hundrede"),
    r"(?:to|tre|fir|fire|fem)årige?t?",
    r"(?:halv|tredje|fjerde|femte)del(?:e|en|ene)?",
)
