"""Numbers, shares, days and codes as a reader sees them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from klynge.messages import Language, message, shown

#: What stands where there is no number.
NOTHING = "–"
_YES_NO = {True: message("yes"), False: message("no")}


def format_value(value: Any, language: Language) -> str:
    """Return a value as text: ``1.234,5`` in Danish, ``1,234.5`` in English.

    A decimal is shown with the digits that it has, without zeros at its end.
    """
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return str(shown(_YES_NO[value], language))
    if isinstance(value, Decimal):
        digits = format(value, "f")
        value = Decimal(digits.rstrip("0").rstrip(".") if "." in digits else digits)
    if isinstance(value, int | Decimal):
        return str(shown(message("{number:,}", number=value), language))
    if isinstance(value, datetime | date):
        return str(shown(message("{day}", day=value), language))
    return str(value)
