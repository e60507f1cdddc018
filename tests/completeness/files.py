"""Make the files that the reporters of a history can send; each file has few rows.

A file has a *version*. The versions ``first`` and ``later`` are full files with different rows. The
version ``added`` is a partial correction with one more row.
"""

import datetime
from decimal import Decimal
from typing import Any

Row = dict[str, Any]

#: Cluster organisation -> its area from 2021 to 2024.
AREAS = {
    "clean": "environmental_technology",
    "energy_cluster_denmark": "energy_technology",
    "made": "advanced_production",
}
ORGANISATIONS = tuple(AREAS)
#: No report is expected from this organisation.
STRANGER = "am_hub"
AGENCY = "erst"
YEARS = (2021, 2022, 2023, 2024)
OWN_DATASETS = (
    "activities",
    "full_time_equivalents",
    "funding",
    "indicator_results",
    "memberships",
    "participants",
)
REGISTER = "companies"
VERSIONS = ("first", "later", "added")

#: Version -> the number of additional rows in the file. The rows of a partial correction have
#: higher numbers than all other rows.
_MORE = {"first": 0, "later": 1, "added": 0}
_TARGET_YEAR = 2028


def rows_of(dataset: str, organisation: str, year: int, version: str) -> list[Row]:
    """Return the rows of one file of an organisation, without the keys of the raw zone."""
    numbers = range(9, 10) if version == "added" else range(3 + _MORE[version])
    weight = 1 + 10 * ((*ORGANISATIONS, STRANGER)).index(organisation) + year - YEARS[0]
    rows = [_ROWS[dataset](organisation, year, number, weight) for number in numbers]
    return [{"organisation_id": organisation, **row} for row in rows]


def register_rows(area: str, year: int) -> list[Row]:
    """Return the rows of the business register about one area.

    The rows are about companies 0 to 9 of the area's cluster organisation.
    """
    organisation = next(one for one, of in AREAS.items() if of == area)
    return [
        {
            "company_id": _company(organisation, number),
            "area_id": area,
            "industry_role": "core" if number % 2 else "supporting",
            "employees": number,
            "exports": number % 3 == 0,
            "turnover_kr": Decimal(1000 * number + year),
            "industry_code": f"{10 + number % 4}1000",
            "industry_code_version": "DB07",
        }
        for number in range(10)
    ]


def _company(organisation: str, number: int) -> str:
    # the first company takes part in the activities of every organisation
    return "everybody" if number == 0 else f"{organisation}-{number}"


def _activity(_organisation: str, year: int, number: int, _weight: int) -> Row:
    return {
        "activity_id": f"{year}-{number}",
        "activity_type": "internationalisation" if number else "knowledge_matchmaking",
        "title": None,
        "start_date": datetime.date(year, 5, 1),
        "end_date": datetime.date(year, 5, 2),
        "cluster_grant_funded": True,
    }


def _participant(organisation: str, year: int, number: int, _weight: int) -> Row:
    # every activities file has the activities 0 and 1
    institution = number == 2
    return {
        "activity_id": f"{year}-{number % 2}",
        "participant_id": "university" if institution else _company(organisation, number),
        "country": "DK",
        "participant_type": "knowledge_institution" if institution else "company",
        "institution_type": "university" if institution else None,
        "size_band": None if institution else "under_50",
        "legal_form": None if institution else "other",
        "industry_code": None if institution else f"{10 + number % 4}1000",
        "industry_code_version": None if institution else "DB07",
        "startup": None if institution else False,
        "persons": 1,
    }


def _membership(organisation: str, _year: int, number: int, weight: int) -> Row:
    return {
        "member_id": _company(organisation, number),
        "country": "DK",
        "member_type": "company",
        "dues_kr": Decimal(weight),
    }


def _funding_line(_organisation: str, year: int, number: int, weight: int) -> Row:
    is_grant = number == 0
    return {
        "funding_line_id": f"{year}-{number}",
        "funding_source": "cluster_grant" if is_grant else "private",
        "funder_id": None,
        "amount_kind": "consumed",
        "gross_or_net": "gross" if is_grant else "net",
        "price_basis": "current",
        "in_kind": False,
        "validated": True,
        "amount_kr": Decimal(1_000_000 * weight + number),
    }


def _staff(_organisation: str, _year: int, number: int, weight: int) -> Row:
    funders = ["ufs", "deb", "other_income", "other"]
    return {
        "staff_funder": funders[min(number, 3)],
        "full_time_equivalents": Decimal(weight + number),
    }


def _result(_organisation: str, year: int, number: int, weight: int) -> Row:
    indicators = ["smes_in_collective_activities", "smes_in_matchmaking"]
    return {
        "indicator_id": indicators[0],
        "year": _TARGET_YEAR if number == 0 else year,
        "result_kind": ("target", "actual", "baseline", "target")[min(number, 3)],
        "accumulation": "yearly" if number < 9 else "cumulative",
        "value": Decimal(weight + number),
    }


_ROWS = {
    "activities": _activity,
    "full_time_equivalents": _staff,
    "funding": _funding_line,
    "indicator_results": _result,
    "memberships": _membership,
    "participants": _participant,
}
