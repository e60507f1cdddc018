"""Read the targets that the sample must reach: printed cells and choices.

This module contains no printed number. Printed numbers come from
``seeds/documents/dfir_2024/cells.csv``. Numbers that the report does not print in a table come from
``choices.yml``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from klynge import checkout
from klynge.print.numbers import parse
from klynge.seed_files import read_seed

CELLS = checkout.SEEDS / "documents" / "dfir_2024" / "cells.csv"
REFERENCE = checkout.SEEDS / "reference"
CHOICES = Path(__file__).parent / "choices.yml"

YEARS = (2021, 2022, 2023)
#: The call that designated an organisation for each area.
CALL = "innovationskraft_2021_2024"
ACTIVITY_TYPES = (
    "knowledge_matchmaking",
    "rd_application",
    "collaboration_project",
    "internationalisation",
)
FUNDING_SOURCES = ("cluster_grant", "public", "eu", "private", "other")
MEASURES = ("median_employees", "median_turnover", "median_productivity", "exporting_companies")


@dataclass(frozen=True)
class Population:
    """The companies of an area that took part in 2021, or the companies that did not.

    ``companies`` is the number of companies; ``employees``, ``turnover`` and ``productivity`` are
    medians. Money is in thousand kroner; ``exporting`` is a share between 0 and 1.
    """

    companies: int
    employees: int
    turnover: int
    productivity: int
    exporting: Decimal


class Targets:
    """Gives printed cells of the report by id, and the choices of ``choices.yml``."""

    def __init__(self) -> None:
        self._cells = {row["cell_id"]: row for row in read_seed(CELLS)}
        self._choices = yaml.safe_load(CHOICES.read_text(encoding="utf-8"))

    def value(self, cell_id: str) -> Decimal:
        """Return the value of a printed cell, in its printed unit."""
        row = self._cells[cell_id]
        value = parse(row["printed_text"], row["number_format"])
        if value is None:
            raise ValueError(f"{cell_id} has no value")
        return value

    def count(self, cell_id: str) -> int:
        """A printed count."""
        return int(self.value(cell_id))

    def choice(self, key: str, organisation: str | None = None) -> Any:
        """Return a value of ``choices.yml``: the whole entry, or its value for one organisation."""
        choice = self._choices[key]
        if organisation is None:
            return choice
        return choice[organisation] if organisation in choice else choice["default"]

    @cached_property
    def organisations(self) -> tuple[str, ...]:
        """The organisations, in the order of table 2."""
        rows = [r["organisation_id"] for r in self._cells.values() if r["table_id"] == "table_2"]
        return tuple(dict.fromkeys(filter(None, rows)))

    @cached_property
    def areas(self) -> dict[str, str]:
        """Organisation -> the area for which it is designated."""
        rows = read_seed(REFERENCE / "area_designations.csv")
        areas = {r["organisation_id"]: r["area_id"] for r in rows if r["call_id"] == CALL}
        return {organisation: areas[organisation] for organisation in self.organisations}

    def shares(self, measure: str) -> dict[str, Decimal]:
        """Return a column of table 2: organisation -> its share in per cent."""
        return {o: self.value(f"t2.{o}.{measure}") for o in self.organisations}

    def populations(self, organisation: str) -> tuple[Population, Population]:
        """Return two populations of the area: companies that do not take part, and the others."""
        withheld = self.choice("withheld_areas").get(organisation)
        if withheld:
            medians = self.choice("withheld_medians")
            exporting = Decimal(str(medians["exporting"]))
            rest = (medians["employees"], medians["turnover"], medians["productivity"], exporting)
            return (
                Population(withheld["not_participating"], *rest),
                Population(withheld["participating"], *rest),
            )
        not_participating, participating = (self._population(organisation, s) for s in _SIDES)
        return not_participating, participating

    def _population(self, organisation: str, side: str) -> Population:
        cell = f"t4.{organisation}.{{}}.{side}"
        employees, turnover, productivity, exporting = (
            self.value(cell.format(measure)) for measure in MEASURES
        )
        return Population(
            self.count(cell.format("company_count")),
            int(employees),
            int(turnover),
            int(productivity),
            exporting,
        )

    def attendance(self, organisation: str) -> dict[str, dict[str, Decimal]]:
        """Return table 6: activity type -> kind of participant -> average number per activity."""
        averages: dict[str, dict[str, Decimal]] = {}
        for activity_type in ACTIVITY_TYPES:
            cells = {
                kind: f"t6.{organisation}.{activity_type}.{kind}"
                for kind in ("company", "knowledge_institution")
            }
            printed = {k: self.value(cell) for k, cell in cells.items() if cell in self._cells}
            if printed:
                averages[activity_type] = printed
        return averages

    def outside_divisions(self, organisation: str) -> list[int]:
        """Return the industry divisions that table 5 prints for the organisation, largest first."""
        rows = [r for r in self._cells.values() if r["table_id"] == "table_5"]
        return [
            self._division(row["printed_text"])
            for row in rows
            if row["organisation_id"] == organisation
        ]

    def _division(self, printed: str) -> int:
        # ignore the last character: it may be a footnote mark, or differ from the label in the seed
        stem = re.sub(r"[\s*-]", "", printed)[:-1]
        [division] = (
            row["industry_division"]
            for row in read_seed(REFERENCE / "industries.csv")
            if re.sub(r"[\s*-]", "", row["label_da"]).startswith(stem)
        )
        return int(division)


_SIDES = ("not_participating", "participating")
