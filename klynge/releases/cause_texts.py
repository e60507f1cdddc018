"""Name the changes between two releases, and the causes of a figure's difference, for a reader."""

from collections.abc import Sequence

from klynge.messages import Message, joined, message
from klynge.releases.changes import DOCUMENT, LOAD, MODEL, PROGRAM, REFERENCE, Change
from klynge.releases.comparison import Cause
from klynge.releases.state_changes import DAY, STATE

#: At most this many possible causes are named.
SHOWN_CAUSES = 3
_KIND = {
    DOCUMENT: message("document"),
    LOAD: message("submission"),
    REFERENCE: message("reference data"),
    DAY: message("day"),
    STATE: message("state of"),
    MODEL: message("model"),
    PROGRAM: message("program, now at commit"),
}


def name_change(change: Change) -> Message:
    """Name a change by its kind and its subject, such as a document or a model."""
    return message("{kind} {name}", kind=_KIND[change.kind], name=change.name)


def name_causes(causes: Sequence[Cause]) -> Message:
    """Name the rows or changes that alter a figure alone, then those that may be a cause."""
    alone = [cause for cause in causes if cause.alone]
    possible = [name_change(cause.change) for cause in causes if not cause.alone]
    names = [
        message("row {names}", names=[row.name for row in cause.rows])
        if cause.rows
        else name_change(cause.change)
        for cause in alone
    ]
    if possible:
        more = message(" … of {count} changes", count=len(possible))
        several = message(
            "one or several of: {names}{more}",
            names=possible[:SHOWN_CAUSES],
            more=more if len(possible) > SHOWN_CAUSES else "",
        )
        names.append(several)
    return joined(names)
