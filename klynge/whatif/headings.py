"""Headings and words for the outcome of a what-if, in both languages."""

from collections.abc import Mapping
from typing import Any

from klynge.messages import message
from klynge.words import POT_STATES, SELECTION_REASONS

#: The columns of the applications. Their English headings are the names in csv and json.
APPLICATION_HEADINGS = {
    "organisation_id": message("organisation_id"),
    "area_id": message("area_id"),
    "grant_type": message("grant_type"),
    "applied_amount_kr": message("applied_amount_kr"),
    "score": message("score"),
    "minimum_met": message("minimum_met"),
    "selected": message("selected"),
    "reason": message("reason"),
    "failed": message("failed minimum"),
    "share": message("share"),
    "recommended_amount_kr": message("recommended_amount_kr"),
    "lambda": message("lambda"),
}
#: The columns of the pots. Their English headings are the names in json.
POT_HEADINGS = {
    "pot": message("pot"),
    "pot_kr": message("pot_kr"),
    "pot_state": message("pot_state"),
    "given_kr": message("given_kr"),
    "lambda_numerator": message("lambda_numerator"),
    "lambda_denominator": message("lambda_denominator"),
    "lambda_rounded": message("lambda_rounded"),
}
#: The titles of the sheets of a workbook.
SHEETS = {"applications": message("allocation"), "pots": message("pots")}

_MINIMA = {"average": message("average"), "other_grant": message("other_grant")}
_ALL = {"all": message("all")}
#: The words for the values of each column.
_WORDS: Mapping[str, Mapping[str, str]] = {
    "organisation_id": {"total": message("total")},
    "grant_type": _ALL,
    "reason": SELECTION_REASONS,
    "pot": _ALL,
    "pot_state": POT_STATES,
}


def in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    """Replace codes in a row by words for a reader. Other values, such as ids, are unchanged."""
    words = {name: _word(name, value) for name, value in row.items()}
    # a total line has no reason, and its minimum is not checked
    if row.get("reason") is not None and row["minimum_met"] is None:
        words["minimum_met"] = message("not checked")
    return words


def _word(column: str, value: Any) -> Any:
    if column == "failed" and value:
        return message("{names}", names=[_failed_minimum(one) for one in value.split(", ")])
    return _WORDS.get(column, {}).get(value, value)


def _failed_minimum(name: str) -> str:
    """Word the minimum that an application fails; ``name`` is its name in the model of scores."""
    kind, _, criterion = name.partition(" ")
    if kind == "criterion":
        return message("criterion {name}", name=criterion)
    return _MINIMA.get(name, name)
