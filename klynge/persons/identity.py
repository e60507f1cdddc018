"""The identity of a person or company: an identifier in any spelling, and its pseudonyms."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.erasure_list import hash_pseudonym
from klynge.intake.pseudonyms import PseudonymKey, read_key
from klynge.messages import message

#: The country whose identifiers are CVR numbers.
DENMARK = "DK"
_PSEUDONYM = re.compile(r"p_[0-9a-f]{32}")
_SEPARATORS = re.compile(r"[;,\t|]")
_NO_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True)
class Person:
    """A person or company. ``identifier`` is None if only a pseudonym is known.

    ``kind`` is the country of the identifier, or a word such as ``assessor`` for an identifier
    without a country. ``key`` makes pseudonyms, and is never shown.
    """

    kind: str
    identifier: str | None = field(repr=False)
    pseudonyms: frozenset[str]
    key: PseudonymKey = field(repr=False)

    def is_meant_by(self, text: str, kind: str | None = None) -> bool:
        """Whether a text is an identifier of the person, in any spelling."""
        shape = _shape(kind or self.kind, text)
        return bool(shape) and not self.pseudonyms.isdisjoint(
            self.key.all_pseudonyms(kind or self.kind, shape)
        )

    @property
    def hashes(self) -> list[str]:
        """Return a hash of each pseudonym. It identifies an erased person later."""
        return sorted(map(hash_pseudonym, self.pseudonyms))

    @property
    def texts(self) -> set[str]:
        """Return the texts that show the person in a record."""
        return set(self.pseudonyms)


def identify(home: Home, identifier: str, kind: str = DENMARK) -> Person:
    """Return the person who has an identifier, or a pseudonym such as ``p_0123…``.

    Raises :class:`InputError` if a Danish identifier is not a CVR number. Also raises the errors of
    :func:`klynge.intake.pseudonyms.read_key`.
    """
    key = read_key(home)
    given = identifier.strip()
    if _PSEUDONYM.fullmatch(given):
        return Person(kind, None, frozenset({given}), key)
    shape = _shape(kind, given)
    if not shape or (kind == DENMARK and len(shape) != 8):
        raise InputError(
            message(
                "this is not a CVR number of 8 digits; for a foreign identifier, give its country "
                "with --country"
            )
        )
    return Person(kind, given, frozenset(key.all_pseudonyms(kind, shape)), key)


def tokens(texts: Iterable[str | None]) -> set[str]:
    """Return each text and its single values. A text may be a key or a whole rejected record."""
    return {part for text in texts if text for part in (text, *_SEPARATORS.split(text))}


def _shape(kind: str, text: str) -> str:
    """Return the digits of a Danish identifier, or a foreign identifier without outer blanks."""
    return _NO_DIGITS.sub("", text) if kind == DENMARK else text.strip()
