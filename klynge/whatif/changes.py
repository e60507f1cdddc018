"""The changes that a what-if makes to a call. They are written into copies of seeds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from klynge.errors import InputError
from klynge.messages import message
from klynge.reference.checks import CALL_PARAMETERS, SCENARIO
from klynge.whatif.calls import Call, require_known
from klynge.whatif.weights import as_whole_numbers, read_weights

#: The seeds with the rules, pots, weights and minimums of calls.
SEEDS = frozenset(
    {
        "reference.allocation_scenarios",
        "reference.allocation_witnesses",
        "reference.call_grant_types",
        "reference.call_parameters",
        "reference.criterion_weights",
        "reference.requirements",
    }
)
#: The highest value of each kind of number, and the number of its decimals at most.
_AMOUNT, _PERCENT, _SCORE = (10**13, 2), (100, 6), (10, 4)


@dataclass(frozen=True)
class Changes:
    """Changes to a call. If a field is None, the call keeps its own value.

    Amounts are in kroner. Caps and floors apply to each application, in kroner or in per cent of
    the amount applied for.
    """

    rule: str | None = None
    scope: str | None = None
    competition: str | None = None
    pots: Mapping[str, Decimal] = field(default_factory=dict)
    minimum_average: Decimal | None = None
    minimum_criterion: Decimal | None = None
    #: the weights as text, read by :func:`klynge.whatif.weights.read_weights`
    weights: str | None = None
    cap_percent: Decimal | None = None
    cap_kr: Decimal | None = None
    floor_percent: Decimal | None = None
    floor_kr: Decimal | None = None

    @property
    def bounds(self) -> dict[str, Decimal | None]:
        """The caps and floors by their columns in the seed ``allocation_scenarios``."""
        names = ("cap_percent", "cap_kr", "floor_percent", "floor_kr")
        return {name: getattr(self, name) for name in names}


def require_valid(changes: Changes, call: Call) -> None:
    """Raise :class:`InputError` for values that no call can have."""
    _require_known_options(changes)
    for grant, amount in changes.pots.items():
        require_known(message("grant type"), grant, call.pots)
        _require_number(message("the pot of {grant}", grant=grant), amount, *_AMOUNT)
    for name, bound in changes.bounds.items():
        kind = _PERCENT if name.endswith("percent") else _AMOUNT
        _require_number(_option(name), bound, *kind)
    for unit in ("percent", "kr"):
        cap, floor = changes.bounds[f"cap_{unit}"], changes.bounds[f"floor_{unit}"]
        if cap is not None and floor is not None and cap < floor:
            raise InputError(
                message(
                    "cap {unit} {cap} is below floor {unit} {floor}: raise the cap or lower the "
                    "floor",
                    unit=unit,
                    cap=cap,
                    floor=floor,
                )
            )
    _require_number(_option("minimum_average"), changes.minimum_average, *_SCORE)
    _require_number(_option("minimum_criterion"), changes.minimum_criterion, *_SCORE)


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


_OPTIONS = {
    "rule": message("rule"),
    "scope": message("scope"),
    "competition": message("competition"),
}


def _require_known_options(changes: Changes) -> None:
    options = {
        "rule": SCENARIO["rule"],
        "scope": SCENARIO["scope"],
        "competition": CALL_PARAMETERS["competition"],
    }
    for name, allowed in options.items():
        value = getattr(changes, name)
        if value is not None and isinstance(allowed, tuple):
            require_known(_OPTIONS[name], value, allowed)


def _require_number(name: str, number: Decimal | None, highest: int, decimals: int) -> None:
    if number is None:
        return
    exponent = number.as_tuple().exponent
    # the exponent of NaN and of infinity is a letter, not a number
    if not (isinstance(exponent, int) and -exponent <= decimals and 0 <= number <= highest):
        raise InputError(
            message(
                "{name} {number}: give a number from 0 to {highest} with a decimal point and at "
                "most {decimals} decimals",
                name=name,
                number=str(number),
                highest=highest,
                decimals=decimals,
            )
        )


def copy_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Copy the seeds from the attached release into tables of the workspace."""
    for name in sorted(SEEDS):
        connection.execute(f"create table {name} as from borrowed.{name}")


def change_seeds(connection: duckdb.DuckDBPyConnection, call: Call, changes: Changes) -> None:
    """Write the changes into the copied seeds.

    Only one allocation scenario remains: the call's own rule, under the id ``what_if``.
    """
    _write_scenario(connection, call, changes)
    for grant, amount in changes.pots.items():
        connection.execute(
            "update reference.call_grant_types set pot_kr = ?"
            " where call_id = ? and grant_type_id = ?",
            [f"{amount:f}", call.call_id, grant],
        )
    for scope, minimum in (
        ("application", changes.minimum_average),
        ("sub_criterion", changes.minimum_criterion),
    ):
        if minimum is not None:
            _write_minimum(connection, call, scope, f"{minimum:f}")
    if changes.competition is not None:
        connection.execute(
            "update reference.call_parameters set value = ?"
            " where call_id = ? and parameter = 'competition'",
            [changes.competition, call.call_id],
        )
    if changes.weights is not None:
        whole = as_whole_numbers(read_weights(changes.weights, call), call)
        for criterion_id, (numerator, denominator) in whole.items():
            connection.execute(
                "update reference.criterion_weights"
                " set weight_numerator = ?, weight_denominator = ? where criterion_id = ?",
                [str(numerator), str(denominator), criterion_id],
            )


def _write_scenario(connection: duckdb.DuckDBPyConnection, call: Call, changes: Changes) -> None:
    connection.execute("delete from reference.allocation_witnesses")
    connection.execute(
        "delete from reference.allocation_scenarios"
        " where call_id <> ? or is_call_rule is distinct from 'true'",
        [call.call_id],
    )
    changed = {
        "scenario_id": "what_if",
        "rule": changes.rule,
        "scope": changes.scope,
        **{name: None if bound is None else f"{bound:f}" for name, bound in changes.bounds.items()},
    }
    for column, value in changed.items():
        if value is not None:
            connection.execute(f"update reference.allocation_scenarios set {column} = ?", [value])


def _write_minimum(
    connection: duckdb.DuckDBPyConnection, call: Call, scope: str, value: str
) -> None:
    connection.execute(
        "delete from reference.requirements"
        " where call_id = ? and kind = 'minimum_score' and scope = ?",
        [call.call_id, scope],
    )
    connection.execute(
        "insert into reference.requirements by name select 'what_if_' || $scope as requirement_id,"
        " $call as call_id, 'minimum_score' as kind, $scope as scope, $value as value",
        {"call": call.call_id, "scope": scope, "value": value},
    )
