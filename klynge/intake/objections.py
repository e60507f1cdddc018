"""The objections to a held file, as a person reads them.

In the ledger an objection begins with the id of its check. A person reads the sentence first.
"""

import re
from typing import Any

from klynge.messages import Language, Message, label, message, shown, with_danish_marks

#: The id of a check before the sentence of an objection.
_CHECK_ID = re.compile(r"([a-z][a-z0-9_]*): ")
#: Names of measures in an objection. Their values are numbers, and not codes or ids.
_MEASURES = frozenset(
    {
        "rows read",
        "rows rejected",
        "participants",
        "unknown",
        "unknown activities",
        "here",
        "earlier",
        "in the load that it replaces",
        "recommended amount",
        "amount applied for",
    }
)
#: The name of a text with lines of the file, each with its amount in brackets.
_LINES_WITH_AMOUNTS = "lines with the largest amounts"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_AMOUNT = re.compile(r"(?<=\()-?\d+(\.\d+)?(?=\))")


def describe_objection(objection: str) -> Message:
    """The sentence of an objection, and then the id of its check in brackets.

    Numbers have the marks of the language: "here 1,200 (volume_near_earlier)". ``objection`` is as
    the ledger gives it; a text without the id of a check stays as it is.
    """
    readable = _with_marks(objection)
    english, danish = (str(shown(readable, language)) for language in (Language.en, Language.da))
    found = _CHECK_ID.match(english)
    if found is None:
        return label(english, danish)
    sentence = label(english[found.end() :], danish.removeprefix(found[0]))
    return message("{sentence} ({check_id})", sentence=sentence, check_id=found[1])


def _with_marks(text: Any) -> Any:
    """A message whose measures are written with the marks of the language; else the value."""
    if isinstance(text, list | tuple):
        return [_with_marks(one) for one in text]
    if not isinstance(text, Message):
        return text
    values = {name: _with_marks(value) for name, value in text.values.items()}
    name, value = str(values.get("name")), values.get("value")
    if isinstance(value, str) and name in _MEASURES and _NUMBER.fullmatch(value):
        values["value"] = _marked(value, _NUMBER)
    elif isinstance(value, str) and name == _LINES_WITH_AMOUNTS:
        values["value"] = _marked(value, _AMOUNT)
    return Message(text.source, text.plural, values)


def _marked(text: str, pattern: re.Pattern[str]) -> Message:
    """A text whose numbers have a mark before thousands, in both languages."""
    return label(
        pattern.sub(lambda number: _grouped(number[0]), text),
        pattern.sub(lambda number: with_danish_marks(_grouped(number[0])), text),
    )


def _grouped(number: str) -> str:
    whole, point, decimals = number.removesuffix(".0").partition(".")
    sign = "-" if whole.startswith("-") else ""
    return f"{sign}{int(whole.removeprefix('-')):,}{point}{decimals}"
