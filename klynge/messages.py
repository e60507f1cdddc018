"""Messages to people, in English and in Danish.

A message is written in English in the code, with named placeholders::

    message("load {load_id} is {state}", load_id=load.load_id, state=load.state)
    counted("{count:,} row was refused", "{count:,} rows were refused", rows)

``locale/da/LC_MESSAGES/klynge.po`` has the Danish text of every message, under the English text.
``make messages`` adds new messages to the catalogue. ``tests/test_messages.py`` fails while a
message has no Danish text.

A :class:`Message` is a ``str``, and its value is the English text. So records, logs and JSON are in
English. :func:`shown` and :meth:`Message.text` give the text in another language.

Numbers, days and times in a message follow the language: ``{rows:,}`` gives ``1,234`` or ``1.234``,
a day gives ``2025-03-01`` or ``01-03-2025``, and a time gives ``2025-03-01 14:05 CET`` or
``01-03-2025 kl. 14.05 (dansk tid)``.
"""

import os
import string
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from klynge.danish_time import TIME_ZONE

#: The environment variable that names the language of the command.
VARIABLE = "KLYNGE_LANGUAGE"
#: The catalogue with the Danish texts, within this package.
CATALOGUE = "locale/da/LC_MESSAGES/klynge.po"

_DANISH_MARKS = str.maketrans(",.", ".,")
#: Messages that consist of values and have no words of their own.
_TEXT, _BOTH, _LINES, _TIME = "{text}", "{first}; {second}", "{first}\n  {second}", "{time}"
#: The English source of a message whose Danish text comes from data, not from the catalogue.
_LABEL = "{english}"
#: The source of a message whose words depend on who reads it; the text is the secretariat's.
_READER = "{secretariat}"
#: The variable that names who reads the messages of the command.
READER_VARIABLE = "KLYNGE_READER"


class Language(StrEnum):
    """A language that messages are shown in."""

    da = "da"
    en = "en"


class Reader(StrEnum):
    """Who reads the messages of a command."""

    reporter = "reporter"
    secretariat = "secretariat"


class Message(str):
    """A text with its translation; as a ``str``, it is the English text.

    ``source`` and ``plural`` are the texts in the code, with placeholders. ``values`` fill the
    placeholders; a value may be a message itself.
    """

    source: str
    plural: str | None
    values: dict[str, Any]

    __slots__ = ("plural", "source", "values")

    def __new__(cls, source: str, plural: str | None, values: Mapping[str, Any]) -> "Message":
        """Fill the placeholders in English."""
        made = super().__new__(cls, _fill((source, plural or source), values, Language.en))
        made.source, made.plural, made.values = source, plural, dict(values)
        return made

    def __getnewargs__(self) -> tuple[str, str | None, dict[str, Any]]:  # type: ignore[override]
        """Return what :meth:`__new__` needs, so that a copy is a message as well."""
        return self.source, self.plural, self.values

    def text(self, language: Language) -> str:
        """Return the text in a language. It is in English if the catalogue has no Danish text."""
        if self.source == _READER:
            return str(shown(self.values[current_reader()], language))
        if language is Language.en:
            return str(self)
        if self.source == _LABEL:
            return str(self.values["danish"])
        if self.source in (_TEXT, _BOTH, _LINES, _TIME):
            return _fill((self.source, self.source), self.values, language)
        forms = danish_texts().get(self.source)
        if forms is None:
            return str(self)
        return _fill((forms[0], forms[-1]), self.values, language)


def message(source: str, /, **values: Any) -> Message:
    """Make a message from an English text with named placeholders, and the placeholders' values."""
    return Message(source, None, values)


def unfilled(source: str) -> str:
    """Mark an English text as a message; :func:`message` fills in the values later."""
    return source


def counted(singular: str, plural: str, count: int, /, **values: Any) -> Message:
    """Make a message in singular or plural; ``count`` decides, and fills ``{count}``."""
    return Message(singular, plural, {"count": count, **values})


def joined(parts: Iterable[str]) -> Message:
    """Join several texts into one message, with semicolons between them."""
    first, *rest = [*parts] or [""]
    whole = first if isinstance(first, Message) else Message(_TEXT, None, {"text": first})
    for part in rest:
        whole = Message(_BOTH, None, {"first": whole, "second": part})
    return whole


def listed(first: str, rest: Iterable[str]) -> Message:
    """Make a message of a first text and the other texts, each on its own line."""
    whole = first if isinstance(first, Message) else Message(_TEXT, None, {"text": first})
    for line in rest:
        whole = Message(_LINES, None, {"first": whole, "second": line})
    return whole


def label(english: str, danish: str) -> Message:
    """Make a message from a text that is data in both languages, such as a column's label."""
    return Message(_LABEL, None, {"english": english, "danish": danish})


def for_reader(*, reporter: str, secretariat: str) -> Message:
    """A text with other words for a reporter than for the secretariat, who can do more itself.

    Only for texts that are shown at once or kept with :func:`stored`: a text that is kept as plain
    text has one reader whom nobody knows.
    """
    return Message(_READER, None, {"reporter": reporter, "secretariat": secretariat})


def one_of(names: Sequence[str]) -> str:
    """Names to choose from, such as "a, b or c"."""
    if len(names) < 2:
        return "".join(names)
    return message("{names} or {last}", names=names[:-1], last=names[-1])


def local_time(text: str) -> Message:
    """Make a message from a time in ISO format, such as a time in the ledger."""
    return Message(_TIME, None, {"time": datetime.fromisoformat(text)})


def local_day(text: str) -> Message:
    """Make a message from a day in ISO format."""
    return Message(_TIME, None, {"time": date.fromisoformat(text)})


def shown(text: Any, language: Language | None = None) -> Any:
    """Return a message as text in a language, and any other value unchanged.

    If ``language`` is None, the language of the command is used.
    """
    if not isinstance(text, Message):
        return text
    return text.text(language or current_language())


def translated(text: str) -> str:
    """Translate a text without placeholders, such as help, into the language of the command."""
    if current_language() is Language.en:
        return text
    return danish_texts().get(text, (text,))[0]


def current_language(default: Language = Language.en) -> Language:
    """Return the language that was chosen for the command, or else by ``KLYNGE_LANGUAGE``.

    ``default`` is used if neither of them is a known language.
    """
    chosen = os.environ.get(VARIABLE, "")
    return Language(chosen) if chosen in set(Language) else default


def current_reader() -> Reader:
    """Who reads the messages of this command; the secretariat if no command says otherwise."""
    chosen = os.environ.get(READER_VARIABLE, "")
    return Reader(chosen) if chosen in set(Reader) else Reader.secretariat


def stored(text: str) -> str | dict[str, Any]:
    """Return a text as JSON content; a message keeps its source and its values.

    The entry ``text`` of a message is its English text, for readers without the catalogue.
    """
    if not isinstance(text, Message):
        return text
    plural = {"plural": text.plural} if text.plural is not None else {}
    values = {name: _stored_value(value) for name, value in text.values.items()}
    return {"text": str(text), "message": text.source, **plural, "values": values}


def restored(content: str | Mapping[str, Any]) -> str:
    """Return the text that :func:`stored` stored; a plain text of an older version is unchanged."""
    if isinstance(content, str):
        return content
    values = {name: _restored_value(value) for name, value in content["values"].items()}
    return Message(content["message"], content.get("plural"), values)


@cache
def danish_texts() -> dict[str, tuple[str, ...]]:
    """Map each English text to its Danish text, or to the Danish singular and plural."""
    return read_catalogue(CATALOGUE)


def read_catalogue(path: str) -> dict[str, tuple[str, ...]]:
    """Map each English text of a catalogue to its Danish texts, as :func:`danish_texts` does.

    ``path`` is the file within this package. Empty texts and texts that are marked as uncertain
    (``fuzzy``) are left out.
    """
    # a catalogue takes time to import, and English does not need it
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with (resources.files("klynge") / path).open("rb") as file:
        catalogue = read_po(file, locale="da")
    found = {}
    for entry in catalogue:
        source = entry.id if isinstance(entry.id, str) else entry.id[0]
        forms = (entry.string,) if isinstance(entry.string, str) else tuple(entry.string or ())
        if source and all(forms) and not entry.fuzzy:
            found[source] = forms
    return found


class _Formatter(string.Formatter):
    """Fills placeholders with values in the format of a language."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one value."""
        if value is None:
            return ""
        if isinstance(value, str):
            return format(str(shown(value, self._language)), format_spec)
        if isinstance(value, int | float | Decimal):
            return _number(value, format_spec, self._language)
        if isinstance(value, date):
            return _day(value, self._language)
        if isinstance(value, Sequence):
            return ", ".join(self.format_field(one, "") for one in value)
        return format(value, format_spec)


def _fill(forms: tuple[str, str], values: Mapping[str, Any], language: Language) -> str:
    singular, plural = forms
    text = singular if values.get("count") == 1 else plural
    return _Formatter(language).vformat(text, (), values)


def _number(value: float | Decimal, format_spec: str, language: Language) -> str:
    """Format a number; a whole number gets decimals only if ``format_spec`` ends with ``f``."""
    is_whole = isinstance(value, Decimal) and value == value.to_integral_value()
    if is_whole and not format_spec.endswith("f"):
        value = int(value)
    text = format(value, format_spec)
    return with_danish_marks(text) if language is Language.da else text


def with_danish_marks(number: str) -> str:
    """Give a number a point before thousands and a comma before decimals: ``1.234,5``."""
    return number.translate(_DANISH_MARKS)


def _day(value: date, language: Language) -> str:
    """Format a day, or a time with its zone."""
    if not isinstance(value, datetime):
        return f"{value:%d-%m-%Y}" if language is Language.da else value.isoformat()
    local = value.astimezone(TIME_ZONE)
    if language is Language.da:
        return f"{local:%d-%m-%Y kl. %H.%M} (dansk tid)"
    return f"{local:%Y-%m-%d %H:%M %Z}"


def _stored_value(value: Any) -> Any:
    if isinstance(value, Message):
        return stored(value)
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"time": value.isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_stored_value(one) for one in value]
    return value if isinstance(value, int | float | str | None) else str(value)


def _restored_value(value: Any) -> Any:
    match value:
        case {"message": _}:
            return restored(value)
        case {"decimal": text}:
            return Decimal(text)
        case {"time": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case list():
            return [_restored_value(one) for one in value]
    return value
