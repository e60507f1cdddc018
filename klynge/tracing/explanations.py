"""Explanations of the lineage as messages, so that they can be shown in Danish."""

from klynge.lineage import Explanation
from klynge.messages import Message


def as_message(text: str) -> str:
    """An explanation as a message; any other text as it is."""
    if not isinstance(text, Explanation):
        return text
    values = {n: as_message(v) if isinstance(v, str) else v for n, v in text.values.items()}
    return Message(text.source, None, values)
