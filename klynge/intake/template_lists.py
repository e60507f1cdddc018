"""The values that a template offers in its lists, with their Danish names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from klynge.intake.contracts import Column, Contract
from klynge.intake.registers import codes_by_name, register_names, takes_names
from klynge.intake.spelling import plain_name
from klynge.reference.seeds import Reference

#: Register -> the seed that names the values that may be reported.
_REPORTED = {"organisations": "reporters", "indicators": "expected_results"}
_UNITS = {"kr": "kr.", "full_time_equivalent": "årsværk"}


@dataclass(frozen=True)
class Choices:
    """The values that a template offers in a column; ``values`` maps codes to Danish names or "".

    ``written`` maps each code to the text that a reporter chooses. This is the name, or the code if
    the door does not accept the name. ``is_whole`` is false if the door accepts further values.
    """

    values: Mapping[str, str]
    written: Mapping[str, str]
    is_whole: bool = True


def read_choices(
    contract: Contract, reference: Reference, organisation_id: str | None = None
) -> dict[str, Choices]:
    """Map each column to the values in its list; leave out columns that allow every value.

    With an ``organisation_id``, the list of organisations has only this organisation.
    """
    found: dict[str, Choices] = {}
    for column in contract.columns:
        if column.logical_type == "boolean":
            words = dict.fromkeys(contract.dialect.booleans, "")
            found[column.name] = Choices(words, {word: word for word in words})
        elif column.register:
            names = register_names(reference, *column.register)
            offered = _may_be_reported(*column.register, reference, organisation_id, names)
            found[column.name] = _choices(column, names, sorted(offered))
        elif column.allowed:
            found[column.name] = _choices(column, column.allowed, column.allowed)
    return found


def unit_in_danish(column: Column) -> str:
    """The unit of a column, or an empty text."""
    return _UNITS.get(column.unit or "", column.unit or "")


def _choices(column: Column, names: Mapping[str, str], offered: Iterable[str]) -> Choices:
    """Make the choices of a column; ``names`` maps each code that the door accepts to its name."""
    values = {code: names[code] for code in offered}
    if not takes_names(column):
        return Choices(values, {code: code for code in values})
    codes = codes_by_name(names)
    written = {
        code: name if codes.get(plain_name(name)) == code else code for code, name in values.items()
    }
    # the door accepts the codes as well
    return Choices(values, written, is_whole=False)


def _may_be_reported(
    seed: str,
    column: str,
    reference: Reference,
    organisation_id: str | None,
    names: Mapping[str, str],
) -> set[str]:
    """The values of a register that reporters may report."""
    if seed == "organisations" and organisation_id:
        return {organisation_id}
    if seed not in _REPORTED:
        return set(names)
    return {row[column] for row in reference.rows(_REPORTED[seed]) if row[column]}
