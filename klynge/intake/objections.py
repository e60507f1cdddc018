"""The objections to a held file, as a person reads them.

In the ledger an objection begins with the id of its check. A person reads the sentence first.
"""

import re

from klynge.messages import Language, Message, label, message, shown

#: The id of a check before the sentence of an objection.
_CHECK_ID = re.compile(r"([a-z][a-z0-9_]*): ")


def split_objection(objection: str) -> tuple[str | None, Message]:
    """The id of the check and the sentence of an objection, which is as the ledger gives it.

    The id is None for a text that does not begin with one.
    """
    english, danish = (str(shown(objection, language)) for language in (Language.en, Language.da))
    found = _CHECK_ID.match(english)
    if found is None:
        return None, label(english, danish)
    return found[1], label(english[found.end() :], danish.removeprefix(found[0]))


def describe_objection(objection: str) -> Message:
    """The sentence of an objection, and then the id of its check in brackets."""
    check_id, sentence = split_objection(objection)
    if check_id is None:
        return sentence
    return message("{sentence} ({check_id})", sentence=sentence, check_id=check_id)
