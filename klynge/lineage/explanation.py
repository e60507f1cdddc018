"""Texts of this package for readers, which keep their values so that they can be translated."""

from collections.abc import Mapping, Sequence
from typing import Any


class Explanation(str):
    """A text in English, with the text that has placeholders, and the values of these.

    A value may be an explanation itself.
    """

    source: str
    values: Mapping[str, Any]

    __slots__ = ("source", "values")

    def __new__(cls, source: str, values: Mapping[str, Any]) -> "Explanation":
        """Fill the placeholders."""
        made = super().__new__(cls, source.format(**values))
        made.source, made.values = source, dict(values)
        return made

    def __getnewargs__(self) -> tuple[str, Mapping[str, Any]]:  # type: ignore[override]
        """Return what :meth:`__new__` needs, so that a copy is an explanation as well."""
        return self.source, self.values


def explain(source: str, /, **values: Any) -> Explanation:
    """An explanation: its English text with named placeholders, and their values."""
    return Explanation(source, values)


def joined(reasons: Sequence[str]) -> str:
    """Several texts as one, with semicolons between them."""
    first, *rest = [*reasons] or [""]
    for one in rest:
        first = explain("{first}; {second}", first=first, second=one)
    return first
