"""Names as people write them, in one spelling, so that they can be compared."""

import re
from unicodedata import category, normalize


def plain_name(name: str) -> str:
    """A name in small letters, with one underscore for blanks, hyphens and underscores.

    For example ``amount_kr`` for ``Amount-KR``. Characters that cannot be seen are left out.
    """
    seen = "".join(c for c in normalize("NFKC", name) if category(c) != "Cf")
    return re.sub(r"[\s_-]+", "_", seen.casefold()).strip("_")


def plain_letters(text: str) -> str:
    """The letters and digits of a text, in small letters."""
    return "".join(c for c in normalize("NFKC", text).casefold() if c.isalnum())
