"""Read a call from the reference data of a release."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property

import duckdb

from klynge.errors import InputError
from klynge.messages import message


@dataclass(frozen=True)
class Criterion:
    """A criterion of a grant; the weights of a grant's criteria add up to 1."""

    criterion_id: str
    grant_type_id: str
    code: str
    weight: Fraction


@dataclass(frozen=True)
class Call:
    """The pots and the criteria of a call."""

    call_id: str
    #: the pot of each grant type, in kroner
    pots: dict[str, Decimal]
    criteria: tuple[Criterion, ...]

    @cached_property
    def grants_of_code(self) -> dict[str, list[str]]:
        """For each criterion code, the grant types that have a criterion with this code."""
        grants: dict[str, list[str]] = {}
        for criterion in sorted(self.criteria, key=lambda c: c.code):
            grants.setdefault(criterion.code, []).append(criterion.grant_type_id)
        return grants


def read_call(connection: duckdb.DuckDBPyConnection, call_id: str) -> Call:
    """Read a call from the schema ``reference`` of a workspace.

    Raises :class:`InputError` if the call is unknown or has no allocation rule.
    """
    rows = connection.execute("select call_id from reference.calls").fetchall()
    known = [name for (name,) in rows]
    require_known(message("call"), call_id, known)
    own_rules = connection.execute(
        "select count(*) from reference.allocation_scenarios"
        " where call_id = $call and is_call_rule = 'true'"
        " and call_id in (select call_id from reference.call_parameters)",
        {"call": call_id},
    ).fetchone()
    if own_rules != (1,):
        raise InputError(
            message(
                "call {call_id} has no allocation rule: add its parameters to "
                "reference/call_parameters.csv and one row with is_call_rule = true to "
                "reference/allocation_scenarios.csv, then run `klynge nightly`",
                call_id=call_id,
            )
        )
    pots = connection.execute(
        "select grant_type_id, cast(pot_kr as decimal(18, 2)) from reference.call_grant_types"
        " where call_id = ? order by grant_type_id",
        [call_id],
    ).fetchall()
    criteria = connection.execute(
        "select criterion_id, grant_type_id, code, cast(weight_numerator as bigint),"
        " cast(weight_denominator as bigint)"
        " from reference.criteria inner join reference.criterion_weights using (criterion_id)"
        " where call_id = ? and weight_numerator is not null order by criterion_id",
        [call_id],
    ).fetchall()
    return Call(
        call_id,
        dict(pots),
        tuple(Criterion(i, grant, code, Fraction(n, d)) for i, grant, code, n, d in criteria),
    )


def require_known(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise :class:`InputError` for an unknown name, and suggest the nearest known one."""
    names = sorted(known)
    if name not in names:
        near = nearest(name, names)
        hint = (
            message("did you mean {names}?", names=near)
            if near
            else message("known are {names}", names=names)
        )
        raise InputError(
            message("unknown {kind} {name!r}: {hint}", kind=kind, name=name, hint=hint)
        )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the most similar known name, ignoring case; None if no name is similar."""
    by_lower_case = {candidate.lower(): candidate for candidate in known}
    near = get_close_matches(name.strip().lower(), by_lower_case, 1)
    return by_lower_case[near[0]] if near else None
