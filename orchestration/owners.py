"""The owner of an asset: a team for each part of the warehouse, never a person."""

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
#: The team that runs the warehouse: raw tables, models before the marts, and releases.
_OTHERS = "team:warehouse"


def owners_of(part: str) -> list[str]:
    """The team for the first part of an asset's key, such as ``evaluation``."""
    return [_TEAMS.get(part, _OTHERS)]
