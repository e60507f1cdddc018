"""Propose the date or number that a reporter probably meant by a text in another format.

A proposal is shown to the reporter and never loaded. If a text can be read in two ways, there is
no proposal.
"""

import re
from datetime import date, timedelta
from decimal import Decimal
from unicodedata import normalize

from klynge.intake.contracts import Dialect

#: The first three letters of a month, in Danish or English, and its number.
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "maj": 5, "may": 5, "jun": 6, "jul": 7, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = r"(?P<month>[a-zæøå]{3,9})"
_TIME = r"(?:[t ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?z?)?"
_WEEKDAY = (
    r"(?:(?:man|tir|ons|tor|fre|lør|søn|mon|tue|wed|thu|fri|sat|sun)[a-zøæ]*|ma|ti|on|to|fr|lø|sø)"
)
_BEFORE = rf"(?:{_WEEKDAY}[ .,]+)?(?:d(?:en)?[ .]+)?"
_DATES = tuple(
    re.compile(_BEFORE + shape + _TIME)
    for shape in (
        r"(?P<y>\d{4})\s?[-./ ]\s?(?P<m>\d{1,2})\s?[-./ ]\s?(?P<d>\d{1,2})\.?",
        r"(?P<d>\d{1,2})\s?[-./ ]\s?(?P<m>\d{1,2})\s?[-./ ]\s?(?P<y>\d{4}|\d{2})\.?",
        rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?[-./ ]{{0,2}}{_MONTH}[-./ ,]{{1,2}}"
        r"(?P<y>\d{4}|\d{2})",
        rf"{_MONTH}[-. ]{{1,2}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?[- ](?P<y>\d{{4}})",
        r"(?P<y>(?:19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})",
        r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>(?:19|20)\d{2})",
    )
)
#: The day numbers of 1982 to 2064 in a spreadsheet; other numbers are probably not days.
_DAY_NUMBER, _DAY_ZERO = re.compile(r"[3-5]\d{4}"), date(1899, 12, 30)

_FACTORS = {
    "": 1, "t": 1000, "tusind": 1000, "tusinde": 1000,
    "m": 10**6, "mio": 10**6, "mill": 10**6, "million": 10**6, "millioner": 10**6,
    "mia": 10**9, "milliard": 10**9, "milliarder": 10**9,
}  # fmt: skip
_CURRENCY = re.compile(r"kr\.?|kroner|dkk|,-+|\.-+|;-")
_UNIT = re.compile(r"(?P<number>[-+()0-9.,']*[-0-9)])\s?(?P<unit>[a-z]*)\.?")
#: A minus sign, and the other characters that look like one.
_MINUS = str.maketrans("−–—‒‐‑", "------")


def propose_date(text: str) -> date | None:
    """The day that a text such as ``12/5-2024`` or ``5. maj 2024`` means in Danish, or None."""
    plain = " ".join(normalize("NFKC", text).translate(_MINUS).lower().split())
    if _DAY_NUMBER.fullmatch(plain):
        return _DAY_ZERO + timedelta(days=int(plain))
    for shape in _DATES:
        if found := shape.fullmatch(plain):
            return _day(found.groupdict(), months_first=found.re is _DATES[1])
    return None


def _day(parts: dict[str, str | None], *, months_first: bool) -> date | None:
    year, day, number = int(parts["y"] or 0), int(parts["d"] or 0), parts.get("m")
    month = int(number) if number else _MONTHS.get((parts.get("month") or "")[:3], 0)
    year += 2000 if year < 100 else 0
    if months_first and month > 12 >= day:  # a month before its day, as in American English
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_number(text: str, dialect: Dialect) -> Decimal | None:
    """The number that a text such as ``3 mio.`` or ``(2.750,50)`` means, or None."""
    plain = "".join(normalize("NFKC", text).translate(_MINUS).lower().split())
    plain = _CURRENCY.sub("", plain.replace("t.kr", "tkr"))
    found = _UNIT.fullmatch(plain)
    if found is None or found["unit"] not in _FACTORS:
        return None
    number = _signed(found["number"], dialect)
    return None if number is None else number * _FACTORS[found["unit"]]


def _signed(text: str, dialect: Dialect) -> Decimal | None:
    """Read a number without a unit; ``-5``, ``5-`` and ``(5)`` are negative."""
    digits = text.replace("'", "")
    negative = False
    if digits.startswith("(") and digits.endswith(")"):
        negative, digits = True, digits[1:-1]
    elif digits.startswith("-") or digits.endswith("-"):
        negative, digits = True, digits.removeprefix("-").removesuffix("-")
    plain = _with_point(digits.removeprefix("+"), dialect)
    if plain is None:
        return None
    return -Decimal(plain) if negative else Decimal(plain)


def _with_point(digits: str, dialect: Dialect) -> str | None:
    """Write digits with a decimal point and without marks between thousands; None if unclear."""
    point, comma = re.escape(dialect.thousands), re.escape(dialect.decimal)
    grouped = rf"[0-9]{{1,3}}(?:{point}[0-9]{{3}})+"
    if re.fullmatch(rf"(?:[0-9]+|{grouped})(?:{comma}[0-9]+)?", digits):
        return digits.replace(dialect.thousands, "").replace(dialect.decimal, ".")
    # the English way: thousands after a comma, decimals after a point
    if re.fullmatch(rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}})+{point}[0-9]+", digits):
        return digits.replace(dialect.decimal, "").replace(dialect.thousands, ".")
    if re.fullmatch(rf"[0-9]{{1,3}}(?:{comma}[0-9]{{3}}){{2,}}", digits):
        return digits.replace(dialect.decimal, "")
    if re.fullmatch(rf"[0-9]+{point}[0-9]+", digits):
        return digits.replace(dialect.thousands, ".")
    return None


def propose_number(text: str, scale: int, dialect: Dialect) -> str | None:
    """The number in the dialect, such as ``-2750,50``; None if it has more decimals than ``scale``.

    For example ``propose_number("3 mio.", 2, dialect)`` is ``3000000``.
    """
    number = read_number(text, dialect)
    if number is None:
        return None
    number = number.normalize()
    if -int(number.as_tuple().exponent) > scale:
        return None
    return f"{number:f}".replace(".", dialect.decimal)
