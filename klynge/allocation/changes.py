"""What a what-if changes of a call, written into copies of the reference data it is read from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import duckdb

from klynge.allocation.calls import Call, require_known
from klynge.allocation.weights import as_whole_numbers, read_weights
from klynge.errors import InputError
from klynge.landing.reference import CALL_PARAMETERS, SCENARIO

#: The seeds that hold a call's configuration.
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
_HIGHEST_POT = Decimal(10) ** 13
_HIGHEST_SCORE = 10
_ORE = Decimal("0.01")


@dataclass(frozen=True)
class Changes:
    """What is to be other than the call has it; None where it stays.

    Amounts are kroner; caps and floors hold for each application, in per cent of what it applies
    for or in kroner.
    """

    rule: str | None = None
    scope: str | None = None
    competition: str | None = None
    pots: Mapping[str, Decimal] = field(default_factory=dict)
    minimum_average: Decimal | None = None
    minimum_criterion: Decimal | None = None
    #: as :func:`klynge.allocation.weights.read_weights` reads them
    weights: str | None = None
    cap_percent: Decimal | None = None
    cap_kr: Decimal | None = None
    floor_percent: Decimal | None = None
    floor_kr: Decimal | None = None

    @property
    def bounds(self) -> dict[str, Decimal | None]:
        """Caps and floors by their column in the scenarios."""
        names = ("cap_percent", "cap_kr", "floor_percent", "floor_kr")
        return {name: getattr(self, name) for name in names}


def require_sound(changes: Changes, call: Call) -> None:
    """Raise :class:`InputError` for what no call could have."""
    answers = {"rule": SCENARIO["rule"], "scope": SCENARIO["scope"]}
    answers["competition"] = CALL_PARAMETERS["competition"]
    for name, allowed in answers.items():
        given = getattr(changes, name)
        if given is not None and isinstance(allowed, tuple):
            require_known(name, given, allowed)
    for grant, amount in changes.pots.items():
        require_known("grant type", grant, call.pots)
        _require_amount(f"the pot of {grant}", amount)
    for name, amount_or_none in changes.bounds.items():
        if amount_or_none is not None:
            _require_amount(name.replace("_", " "), amount_or_none)
            if name.endswith("percent") and amount_or_none > 100:
                raise InputError(f"{name.replace('_', ' ')} {amount_or_none}: at most 100")
    for name in ("minimum_average", "minimum_criterion"):
        score = getattr(changes, name)
        if score is not None and not (
            0 <= score <= _HIGHEST_SCORE and -score.as_tuple().exponent <= 4
        ):
            raise InputError(
                f"{name.replace('_', ' ')} {score}: a score is 0 to {_HIGHEST_SCORE}, "
                "with four decimals at most"
            )


def _require_amount(what: str, amount: Decimal) -> None:
    if not (amount.is_finite() and 0 <= amount <= _HIGHEST_POT and amount % _ORE == 0):
        raise InputError(
            f"{what} {amount}: give a number from 0 to {_HIGHEST_POT:f}, with two decimals at most"
        )


def copy_seeds(connection: duckdb.DuckDBPyConnection) -> None:
    """Make tables of the seeds in a workspace that has a release ``borrowed``."""
    for name in sorted(SEEDS):
        connection.execute(f"create table {name} as from borrowed.{name}")


def change_seeds(connection: duckdb.DuckDBPyConnection, call: Call, changes: Changes) -> None:
    """Change what is copied; of ways of sharing only the call's own is left, under ``what_if``."""
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
