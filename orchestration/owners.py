"""The owners of assets. Each part of the warehouse has a team; no owner is a person."""

from collections.abc import Mapping

_TEAMS: Mapping[str, str] = {
    "documents": "team:audit",
    "inbox": "team:secretariat",
    "contracts": "team:secretariat",
    "reference": "team:secretariat",
    "scores": "team:secretariat",
    "allocation": "team:secretariat",
    "evaluation": "team:analysis",
    "bi": "team:analysis",
    "audit": "team:audit",
    "audit_steps": "team:audit",
}
#: The team that runs the warehouse. It owns raw tables, models before the marts, and releases.
_OTHERS = "team:warehouse"


def owners_of(part: str) -> list[str]:
    """The team that owns assets whose key begins with ``part``, such as ``evaluation``."""
    return [_TEAMS.get(part, _OTHERS)]
