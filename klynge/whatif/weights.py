"""Read new weights of a call's criteria in per cent, such as ``cluster.A1=25,cluster.B1=50/3``."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import lcm

from klynge.errors import InputError
from klynge.messages import message, one_of
from klynge.whatif.calls import Call, Criterion, require_known

#: The largest denominator of a suggested weight. For 16.6 per cent, a sixth is suggested.
_LARGEST_DENOMINATOR = 20
#: The largest common denominator. A larger denominator would overflow DuckDB's integers.
_FINEST = 1_000_000


def read_weights(text: str, call: Call) -> dict[str, Fraction]:
    """Return the weight of every criterion of the call, by criterion id.

    ``text`` names criteria by id or by code. If two grants have the same code, the grant type
    precedes the code: ``cluster.A1``. A criterion that is not named keeps its weight. Raises
    :class:`InputError` for an unknown criterion. Also raises it if the weights of a grant do not
    add up to 100 per cent; the message then suggests weights that do.
    """
    weights = {c.criterion_id: c.weight for c in call.criteria}
    named = set()
    for item in text.split(","):
        name, equals, value = item.strip().partition("=")
        if not equals:
            raise InputError(
                message(
                    "--weights {given!r}: write a criterion and a percentage, such as A1=25",
                    given=item.strip(),
                )
            )
        criterion = _criterion(name.strip(), call)
        if criterion.criterion_id in named:
            raise InputError(
                message(
                    "{option} names {name} twice: name it once",
                    option="--weights",
                    name=name.strip(),
                )
            )
        named.add(criterion.criterion_id)
        weights[criterion.criterion_id] = _percent(name.strip(), value.strip())
    for grant in call.pots:
        _require_whole(grant, weights, call)
    return weights


def as_whole_numbers(weights: Mapping[str, Fraction], call: Call) -> dict[str, tuple[int, int]]:
    """Return the numerator and denominator of each criterion's weight.

    All criteria of a grant have the same denominator.
    """
    whole: dict[str, tuple[int, int]] = {}
    for grant in call.pots:
        own = {c.criterion_id: weights[c.criterion_id] for c in _of(grant, call)}
        denominator = lcm(*(weight.denominator for weight in own.values()))
        if denominator > _FINEST:
            raise InputError(
                message(
                    "the weights of {grant} need a common denominator above {limit:,}: round them, "
                    "or give simple fractions such as B1=50/3",
                    grant=grant,
                    limit=_FINEST,
                )
            )
        whole |= {i: (int(weight * denominator), denominator) for i, weight in own.items()}
    return whole


def _of(grant: str, call: Call) -> list[Criterion]:
    return [c for c in call.criteria if c.grant_type_id == grant]


def _criterion(name: str, call: Call) -> Criterion:
    by_name = {c.criterion_id: c for c in call.criteria}
    by_name |= {f"{c.grant_type_id}.{c.code}": c for c in call.criteria}
    by_name |= {
        code: by_name[f"{grants[0]}.{code}"]
        for code, grants in call.grants_of_code.items()
        if len(grants) == 1
    }
    several = call.grants_of_code.get(name, []) if name not in by_name else []
    if several:
        raise InputError(
            message(
                "several grant types have a criterion {name}: write {names}",
                name=name,
                names=one_of([f"{grant}.{name}" for grant in several]),
            )
        )
    require_known(message("criterion"), name, by_name)
    return by_name[name]


def _percent(name: str, value: str) -> Fraction:
    try:
        percent = Fraction(value.replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise InputError(
            message(
                "the weight {value!r} of {name} is not a number: write a percentage with a point, "
                "such as 16.5, or a fraction, such as 50/3",
                value=value,
                name=name,
            )
        ) from None
    if not 0 <= percent <= 100:
        raise InputError(
            message(
                "the weight {value} of {name} is outside 0 to 100 per cent: correct it",
                value=value,
                name=name,
            )
        )
    return percent / 100


def _require_whole(grant: str, weights: Mapping[str, Fraction], call: Call) -> None:
    own = {c.code: weights[c.criterion_id] for c in _of(grant, call)}
    total = sum(own.values())
    if not own or total == 1:
        return
    simple = {code: weight.limit_denominator(_LARGEST_DENOMINATOR) for code, weight in own.items()}
    if sum(simple.values()) == 1:
        instead = simple
    elif total > 0:
        instead = {code: weight / total for code, weight in own.items()}
    else:
        instead = dict.fromkeys(own, Fraction(1, len(own)))
    given = ",".join(f"{grant}.{code}={100 * weight}" for code, weight in instead.items())
    percent = f"{float(100 * total):.6f}".rstrip("0").rstrip(".")
    raise InputError(
        message(
            "the weights of {grant} add up to {percent} per cent, not to 100: give all of them, "
            "such as --weights {weights}",
            grant=grant,
            percent=Decimal(percent),
            weights=given,
        )
    )
