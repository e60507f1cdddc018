"""Invent industry codes: a real division of the Danish code of 2007, and four invented digits.

Every area has its own codes, so a code shows the area of a company. Codes with 00 after the
division belong to no area. Example: both ``621000`` and ``620001`` are in division 62. The first
code belongs to an area, the second does not.
"""

from sample.counting import apportion
from sample.targets import Targets

#: Companies outside the area have this many codes in each division of table 5.
_CODES_IN_DIVISION = 8
#: Among the concentrated companies of an area, these are the shares of the first four codes.
_FIRST_FOUR = (0.3, 0.27, 0.23, 0.2)


def area_industries(targets: Targets, organisation: str) -> dict[str, float]:
    """Return the codes of an area, each with its share of the area's companies.

    The largest share comes first.
    """
    number = targets.organisations.index(organisation)
    divisions = targets.choice("area_divisions")[organisation]
    count = targets.choice("area_codes", organisation)
    top = targets.choice("concentration", organisation)
    first = (*_FIRST_FOUR, *[0.0] * count)
    return {
        f"{divisions[i % len(divisions)]:02d}{10 + number}{i:02d}": top * first[i]
        + (1 - top) / count
        for i in range(count)
    }


def industry_roles(targets: Targets, organisation: str) -> dict[str, str]:
    """Return the role of each code of an area: ``core`` or ``supporting``.

    The first codes are core, until they reach the wanted share of companies in core industries.
    """
    core = targets.choice("core_industry", organisation) / 100
    passed, roles = 0.0, {}
    for code, share in area_industries(targets, organisation).items():
        roles[code] = "core" if passed + share / 2 < core else "supporting"
        passed += share
    return roles


def codes_of_area(targets: Targets, organisation: str, companies: int) -> list[str]:
    """Return one code for each company of the area; every code occurs at least once."""
    shares = area_industries(targets, organisation)
    return _repeated(list(shares), apportion(companies, list(shares.values()), 1))


def shared_code(division: int, place: int) -> str:
    """Return the code of a company that several organisations reach.

    Eight in ten of these companies get the first code of their division.
    """
    return _outside_code(division, max(0, place % 10 - 7))


def codes_outside(
    targets: Targets, organisation: str, counts: dict[int, int], present: set[str | None]
) -> list[str]:
    """Return one code for each company outside the area that only this organisation reaches.

    ``counts`` has the number of companies by division of table 5; key 0 stands for all other
    divisions. ``present`` has the codes of the organisation's other companies. The targets say how
    many industries the organisation has. The companies under key 0 get the new codes that are
    needed to reach this number.
    """
    top = targets.choice("concentration", organisation)
    even = (1 - top) / _CODES_IN_DIVISION
    codes: list[str] = []
    for division, count in counts.items():
        if division:
            of_division = [_outside_code(division, i) for i in range(_CODES_IN_DIVISION)]
            weights = [top + even, *[even] * (_CODES_IN_DIVISION - 1)]
            codes += _repeated(of_division, apportion(count, weights))
    wanted = _industries(targets, organisation) - len(present | set(codes))
    divisions = [d for d in targets.choice("divisions") if d not in counts]
    rest = [
        _outside_code(divisions[i % len(divisions)], i // len(divisions)) for i in range(wanted)
    ]
    return codes + _repeated(rest, apportion(counts[0], [1] * wanted, 1))


def _industries(targets: Targets, organisation: str) -> int:
    printed = {"copenhagen_fintech": "prose.l1630.industries", "clean": "prose.l1635.industries"}
    if organisation in printed:
        return targets.count(printed[organisation])
    return int(targets.choice("industries")[organisation])


def _outside_code(division: int, number: int) -> str:
    return f"{division:02d}00{number + 1:02d}"


def _repeated(codes: list[str], counts: list[int]) -> list[str]:
    return [code for code, count in zip(codes, counts, strict=True) for _ in range(count)]
