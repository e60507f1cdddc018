"""The values that a template offers: those of each list that may be reported, with Danish names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from klynge.intake.contracts import Column, Contract
from klynge.intake.countries import register_rows
from klynge.reference.seeds import Reference

#: Register -> the seed that names the values that may be reported.
_REPORTED = {"organisations": "reporters", "indicators": "expected_results"}
#: Seed -> the seed and the column with the Danish names of its values.
_NAMED_IN = {"areas": ("area_designations", "name_da")}
_NAMES = ("label_da", "name", "label_en")
_UNITS = {"kr": "kr.", "full_time_equivalent": "årsværk"}


@dataclass(frozen=True)
class Choices:
    """The values that a template offers in a column: value -> Danish name or "".

    ``is_whole`` is false if the door accepts further values of the register.
    """

    values: Mapping[str, str]
    is_whole: bool = True


def read_choices(
    contract: Contract, reference: Reference, organisation_id: str | None = None
) -> dict[str, Choices]:
    """Column -> the values in its list; columns in which every value is allowed are left out.

    With an ``organisation_id``, the list of organisations has only this organisation.
    """
    found: dict[str, Choices] = {}
    for column in contract.columns:
        if column.logical_type == "boolean":
            found[column.name] = Choices(dict.fromkeys(contract.dialect.booleans, ""))
        elif column.register:
            found[column.name] = _of_register(*column.register, reference, organisation_id)
        elif column.allowed:
            found[column.name] = Choices(column.allowed)
    return found


def unit_in_danish(column: Column) -> str:
    """The unit of a column, or an empty text."""
    return _UNITS.get(column.unit or "", column.unit or "")


def _of_register(
    seed: str, column: str, reference: Reference, organisation_id: str | None
) -> Choices:
    names = {row[column]: _name(row) for row in register_rows(reference, seed)}
    if seed in _NAMED_IN:
        source, name = _NAMED_IN[seed]
        names |= {row[column]: row[name] for row in reference.rows(source) if row[name]}
    if seed == "organisations" and organisation_id:
        return Choices({organisation_id: names[organisation_id]})
    if seed not in _REPORTED:
        return Choices(_sorted(names, names))
    reported = {row[column] for row in reference.rows(_REPORTED[seed])}
    return Choices(_sorted(names, reported), is_whole=False)


def _sorted(names: Mapping[str, str], values: Iterable[str]) -> dict[str, str]:
    return {value: names[value] for value in sorted(values) if value}


def _name(row: Mapping[str, str]) -> str:
    return next((row[name] for name in _NAMES if row.get(name)), "")
