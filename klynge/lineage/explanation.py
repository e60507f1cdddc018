"""Texts for readers. Each text keeps its values, so that the text can be translated."""

from collections.abc import Mapping, Sequence
from typing import Any


class Explanation(str):
    """An English text. It keeps its template with placeholders, and the values of the placeholders.

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
        """Return the arguments of :meth:`__new__`, so that a copy is an explanation as well."""
        return self.source, self.values


def explain(source: str, /, **values: Any) -> Explanation:
    """Make an explanation from an English text with named placeholders, and from their values."""
    return Explanation(source, values)


def joined(reasons: Sequence[str]) -> str:
    """Join several texts with semicolons."""
    first, *rest = [*reasons] or [""]
    for one in rest:
        first = explain("{first}; {second}", first=first, second=one)
    return first
