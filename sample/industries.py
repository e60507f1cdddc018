"""Industry codes: a real division of the Danish code of 2007, with invented last digits.

Every area has its own codes, so a code shows the area of a company. Codes with 00 after the
division belong to no area. Example: ``621000`` belongs to an area, ``620001`` does not.
"""

from sample.counting import apportion
from sample.targets import Targets

#: How many codes the companies outside the area use, within one division of table 5.
_CODES_IN_DIVISION = 8
#: How the area's concentrated companies are shared among its first four codes.
_FIRST_FOUR = (0.3, 0.27, 0.23, 0.2)


def area_industries(targets: Targets, organisation: str) -> dict[str, float]:
    """Codes of the organisation's area -> their shares of its companies, largest share first."""
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
    """Code -> core or supporting; core codes come first, up to the printed share of companies."""
    core = targets.choice("core_industry", organisation) / 100
    passed, roles = 0.0, {}
    for code, share in area_industries(targets, organisation).items():
        roles[code] = "core" if passed + share / 2 < core else "supporting"
        passed += share
    return roles


def codes_of_area(targets: Targets, organisation: str, companies: int) -> list[str]:
    """A code of the organisation's area for each company; every code occurs."""
    shares = area_industries(targets, organisation)
    return _repeated(list(shares), apportion(companies, list(shares.values()), 1))


def shared_code(division: int, place: int) -> str:
    """The code of a company that several organisations reach; eight in ten get the first code."""
    return _outside_code(division, max(0, place % 10 - 7))


def codes_outside(
    targets: Targets, organisation: str, counts: dict[int, int], present: set[str | None]
) -> list[str]:
    """Codes for the companies outside the area that only this organisation reaches.

    ``counts``: companies by division of table 5; key 0 counts the companies of all other divisions.
    The companies under key 0 get new codes: as many as the organisation's number of industries
    still needs beside the codes in ``present``.
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
