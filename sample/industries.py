"""Industry codes: a division of the Danish code of 2007 and invented last digits.

Every area has codes of its own, so that a code says whether a company is of an area. Codes with 00
after the division are of no area.
"""

from sample.counting import apportion
from sample.targets import Targets

#: Codes that an organisation's companies outside its area lie in, in a division of table 5.
_CODES_IN_DIVISION = 8
#: How the companies that stand out are shared among the first four codes of an area.
_FIRST_FOUR = (0.3, 0.27, 0.23, 0.2)


def area_industries(targets: Targets, organisation: str) -> dict[str, float]:
    """Codes of the organisation's area with their shares of its companies; the first stand out."""
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
    """Which codes of the area are core: the first, up to their share of the companies."""
    core = targets.choice("core_industry", organisation) / 100
    passed, roles = 0.0, {}
    for code, share in area_industries(targets, organisation).items():
        roles[code] = "core" if passed + share / 2 < core else "supporting"
        passed += share
    return roles


def codes_of_area(targets: Targets, organisation: str, companies: int) -> list[str]:
    """A code of the organisation's area for each company; every code is somebody's."""
    shares = area_industries(targets, organisation)
    return _repeated(list(shares), apportion(companies, list(shares.values()), 1))


def shared_code(division: int, place: int) -> str:
    """The code of a company that several organisations reach; eight in ten have the first."""
    return _outside_code(division, max(0, place % 10 - 7))


def codes_outside(
    targets: Targets, organisation: str, counts: dict[int, int], present: set[str | None]
) -> list[str]:
    """Codes for the companies outside the area that the organisation alone reaches.

    ``counts``: companies by division of table 5, and by 0 those of all other divisions, which take
    as many codes as the organisation's number of industries needs beside those ``present``.
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
