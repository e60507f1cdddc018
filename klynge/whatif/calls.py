"""A call as a release's reference data describe it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property

import duckdb

from klynge.errors import InputError


@dataclass(frozen=True)
class Criterion:
    """A criterion that applications for a grant are scored by; the weights of a grant add to 1."""

    criterion_id: str
    grant_type_id: str
    code: str
    weight: Fraction


@dataclass(frozen=True)
class Call:
    """What there is to share, and by what it is scored."""

    call_id: str
    #: grant type -> kroner
    pots: dict[str, Decimal]
    criteria: tuple[Criterion, ...]

    @cached_property
    def grants_of_code(self) -> dict[str, list[str]]:
        """Code -> the grant types that have a criterion of that code."""
        found: dict[str, list[str]] = {}
        for criterion in sorted(self.criteria, key=lambda c: c.code):
            found.setdefault(criterion.code, []).append(criterion.grant_type_id)
        return found


def read_call(connection: duckdb.DuckDBPyConnection, call_id: str) -> Call:
    """The call from the ``reference`` tables of a workspace.

    Raises :class:`InputError` for a call that is not there, or not set up to be shared out.
    """
    known = [one for (one,) in connection.execute("select call_id from reference.calls").fetchall()]
    require_known("call", call_id, known)
    own_rules = connection.execute(
        "select count(*) from reference.allocation_scenarios"
        " where call_id = $call and is_call_rule = 'true'"
        " and call_id in (select call_id from reference.call_parameters)",
        {"call": call_id},
    ).fetchone()
    if own_rules != (1,):
        raise InputError(
            f"call {call_id} is not set up to be shared out: write its parameters in "
            "reference/call_parameters.csv, and in reference/allocation_scenarios.csv one row "
            "that is the call's own rule, and run `klynge nightly`"
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
    """Raise :class:`InputError`, with the nearest name, for one that is not among ``known``."""
    names = sorted(known)
    if name not in names:
        near = nearest(name, names)
        hint = f"did you mean {near}?" if near else f"there are {', '.join(names)}"
        raise InputError(f"unknown {kind} {name!r}: {hint}")


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like this one, if any is."""
    by_small = {one.lower(): one for one in known}
    near = get_close_matches(name.strip().lower(), by_small, 1)
    return by_small[near[0]] if near else None
