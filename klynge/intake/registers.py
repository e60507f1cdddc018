"""The names of codes, which a template offers and which the door accepts instead of codes."""

from collections import defaultdict
from collections.abc import Mapping

from klynge.intake.contracts import Column
from klynge.intake.countries import COUNTRIES, register_rows
from klynge.intake.spelling import plain_name
from klynge.reference.seeds import Reference

#: Columns that can have the name of a value, the Danish name first; each seed has one of them.
_NAMES = ("label_da", "name", "label_en")
#: Seed -> the seed and the column with the Danish names of its values.
_NAMED_IN = {"areas": ("area_designations", "name_da")}


def register_names(reference: Reference, seed: str, column: str) -> dict[str, str]:
    """Map each value to its Danish name, else to its English name, else to an empty text."""
    names = {
        row[column]: next((row[name] for name in _NAMES if row.get(name)), "")
        for row in register_rows(reference, seed)
    }
    if seed in _NAMED_IN:
        source, name = _NAMED_IN[seed]
        names |= {row[column]: row[name] for row in reference.rows(source) if row[name]}
    return names


def takes_names(column: Column) -> bool:
    """Whether this column accepts a name instead of a code. Countries must be ISO codes."""
    return bool(column.allowed) or (column.register not in (None, COUNTRIES))


def codes_by_name(names: Mapping[str, str]) -> dict[str, str]:
    """Map each name, as :func:`plain_name` writes it, to its code; ``names`` maps codes to names.

    A name that several codes share is left out. A name is also left out if it is spelled like the
    code of another name.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in names.items():
        found[plain_name(code)].add(code)
        found[plain_name(name)].add(code)
    spelled = {plain_name(name) for name in names.values() if name}
    return {name: next(iter(found[name])) for name in spelled if len(found[name]) == 1}
