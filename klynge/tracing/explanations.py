"""Turn explanations of the lineage into messages, so that they can be shown in Danish."""

from klynge.lineage import Explanation
from klynge.messages import Message


def as_message(text: str) -> str:
    """Return an explanation as a message, and any other text unchanged."""
    if not isinstance(text, Explanation):
        return text
    values = {n: as_message(v) if isinstance(v, str) else v for n, v in text.values.items()}
    return Message(text.source, None, values)
