"""Facts about a figure, its release and its sources, as messages."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from klynge.intake.dataset_names import name_dataset
from klynge.intake.objections import describe_objection
from klynge.intake.refused import describe_refused
from klynge.messages import (
    Message,
    joined,
    label,
    message,
    restored,
    translated,
    with_danish_marks,
)
from klynge.raw_zone import DOOR
from klynge.tracing.report import LabelledFigure
from klynge.words import BASES


def describe_value(figure: LabelledFigure) -> Message:
    """Write the value of a figure; in Danish, a number has Danish marks."""
    if not figure.text:
        return message("no value")
    danish = figure.text
    if isinstance(figure.value, Decimal) and figure.value.is_finite():
        whole, point, decimals = f"{figure.value:,f}".partition(".")
        # kroner keep both digits of the øre
        decimals = decimals if len(decimals) == len("øø") else decimals.rstrip("0")
        danish = with_danish_marks(whole + point * bool(decimals) + decimals)
    return label(figure.text, danish)


def describe_release(release: Mapping[str, Any]) -> Message:
    """Describe the release in which a figure was traced: its id, its commit and its contents."""
    said = message(
        "release {release_id}{known}, built by commit {commit}{changes}",
        release_id=release["release_id"],
        known=message(
            ", with the data known at {time}", time=datetime.fromisoformat(release["as_of"])
        )
        if release["as_of"]
        else "",
        commit=release["commit"][:12],
        changes="" if release["clean"] else message(" with uncommitted changes"),
    )
    rebuilt = message("its database was built again for this trace")
    invented = message("it contains sample data, which are invented")
    return joined(
        [
            said,
            *([rebuilt] if release["database_rebuilt"] else []),
            *([invented] if release["contains_sample"] else []),
        ]
    )


#: The names that a reader sees for the entries of a source's ``about``.
_FACTS = {
    "document_id": message("document"),
    "title": message("title"),
    "publisher": message("publisher"),
    "published": message("published"),
    "load_id": message("load"),
    "dataset": message("dataset"),
    "reporter": message("reporter"),
    "period": message("period"),
    "correction_no": message("correction"),
    "partial": message("partial"),
    "basis": message("basis"),
    "contract_version": message("contract"),
    "rows_rejected": message("rows rejected"),
    "received_at": message("received"),
    "accepted_by": message("accepted by"),
    "accepted_because": message("because"),
    "objections": message("objections"),
    "refused": message("refused rows"),
    "decision": message("decision"),
}


def describe_about(about: Mapping[str, Any]) -> list[tuple[Message, Any]]:
    """Return the entries of a source's ``about`` that are not empty, with names for a reader."""
    facts = (
        (_FACTS[name], _WORDS[name](value) if name in _WORDS and value is not None else value)
        for name, value in about.items()
    )
    return [(name, value) for name, value in facts if value is not None and value != ""]


def in_both(text: str) -> Message:
    """Translate a role or a reason of the ledger if the program wrote it."""
    if text == DOOR:
        return message("the check at the door")
    return label(text, translated(text))


def _decision(content: Mapping[str, Any]) -> Message:
    return message(
        "{time}, by {role}: {reason}",
        time=datetime.fromisoformat(content["decided_at"]),
        role=content["role"],
        reason=content["reason"],
    )


#: Entry of ``about`` -> the function that puts its value in words.
_WORDS: dict[str, Callable[[Any], Any]] = {
    "dataset": name_dataset,
    "basis": lambda value: BASES.get(value, value),
    "accepted_by": in_both,
    "accepted_because": in_both,
    "partial": lambda value: message("yes") if value else message("no"),
    "objections": lambda value: joined(describe_objection(restored(one)) for one in value),
    "refused": describe_refused,
    "decision": _decision,
    "received_at": lambda value: message("{time}", time=value),
}
