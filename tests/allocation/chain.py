"""Share pots with the SQL of a release.

One query shares many pots, so thousands of pots take only seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import run_models, workspace
from tests.allocation.reference import Unit

POTS = "intermediate.int_allocation_pots"
UNITS = "intermediate.int_allocation_units"
LEVELS = "intermediate.int_allocation_levels"
AWARDS = "intermediate.int_allocation_awards"


@dataclass(frozen=True)
class Pot:
    """A pot in whole øre, with the units that share it.

    All weights are whole numbers.
    """

    ore: int
    units: tuple[Unit, ...]


@dataclass(frozen=True)
class Award:
    """The SQL gives this award to a unit: as an exact fraction of øre, and in whole øre."""

    state: str
    exact: Fraction
    ore: int


@dataclass(frozen=True)
class Given:
    """The result of the SQL for a pot.

    The awards are in the order of the pot's units.
    """

    state: str
    level: Fraction | None
    awards: list[Award]


def allocate(models: CompiledModels, pots: Iterable[Pot]) -> list[Given]:
    """Share out each pot with the models that come after :data:`UNITS`."""
    numbered = {str(number): pot for number, pot in enumerate(pots)}
    rows = [(i, pot.ore, unit) for i, pot in numbered.items() for unit in pot.units]
    with workspace() as connection:
        connection.execute("create schema intermediate")
        pot_rows = pa.table(  # noqa: F841 - DuckDB reads it by its name
            {"pot_id": list(numbered), "pot_ore": whole(pot.ore for pot in numbered.values())}
        )
        unit_rows = pa.table(  # noqa: F841 - as above
            {
                "pot_id": [i for i, _, _ in rows],
                "organisation_id": [unit.organisation_id for _, _, unit in rows],
                "grant_type_id": [unit.grant_type_id for _, _, unit in rows],
                "score": [decimal(unit.score) for _, _, unit in rows],
                "pot_ore": whole(ore for _, ore, _ in rows),
                "applied_ore": whole(unit.applied for _, _, unit in rows),
                "cap_ore": whole(unit.cap for _, _, unit in rows),
                "floor_ore": whole(unit.floor for _, _, unit in rows),
                "weight": whole(int(unit.weight) for _, _, unit in rows),
            }
        )
        connection.execute(
            f"create table {POTS} as select pot_id, true as is_complete,"
            " cast(pot_ore as hugeint) as pot_ore, cast(1 as hugeint) as lambda_scale from pot_rows"
        )
        connection.execute(
            f"create table {UNITS} as select pot_id, organisation_id, grant_type_id,"
            " cast(score as decimal(6, 4)) as score,"
            " cast(columns('_ore$|^weight$') as hugeint) from unit_rows"
        )
        chain = models.build_plan({POTS, UNITS}, [LEVELS, AWARDS])
        run_models(connection, [replace(model, materialized="table") for model in chain])
        levels = {
            pot_id: (state, fraction(numerator, denominator))
            for pot_id, state, numerator, denominator in connection.execute(
                f"select pot_id, pot_state, level_numerator, level_denominator from {LEVELS}"
            ).fetchall()
        }
        told = connection.execute(
            "select pot_id, organisation_id, grant_type_id, state, whole_ore, remainder_numerator,"
            f" level_denominator, award_ore from {AWARDS}"
        ).fetchall()
    awards = {
        (i, organisation, grant): Award(state, whole_ore + Fraction(remainder, denominator), ore)
        for i, organisation, grant, state, whole_ore, remainder, denominator, ore in told
    }
    return [
        Given(*levels[i], [awards[i, u.organisation_id, u.grant_type_id] for u in pot.units])
        for i, pot in numbered.items()
    ]


def fraction(numerator: int | None, denominator: int | None) -> Fraction | None:
    return None if numerator is None or denominator is None else Fraction(numerator, denominator)


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def whole(numbers: Iterable[int]) -> pa.Array:
    """Turn numbers of up to 38 digits into an Arrow array; such numbers must be decimals there."""
    return pa.array(map(Decimal, numbers), pa.decimal128(38, 0))
