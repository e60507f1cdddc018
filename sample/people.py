"""Participants, and the organisations that reach them.

An organisation reaches a participant that takes part in its activities.
"""

from dataclasses import dataclass, field

INSTITUTIONS = ("university", "gts", "university_college", "business_academy", "arts", "other")


def institution_pool(institution_type: str) -> str:
    """Return the pool of an institution type.

    The institution type ``other`` has the pool ``other_institution``. The pool ``other`` has
    participants that are neither companies nor institutions.
    """
    return "other_institution" if institution_type == "other" else institution_type


@dataclass(slots=True)
class Participant:
    """A participant of one or several organisations.

    A company of an area has ``register``, a pair of numbers. The first number is 1 if the company
    took part in 2021, otherwise 0. The second number is its position among the companies of the
    area with the same first number.
    """

    participant_type: str
    country: str = "DK"
    institution_type: str | None = None
    size_band: str | None = None
    legal_form: str | None = None
    industry_code: str | None = None
    startup: bool | None = None
    register: tuple[int, int] | None = None


@dataclass(slots=True)
class Reach:
    """One organisation's participants, as positions in the participant plan."""

    #: companies of its area; those that took part in 2021 come first
    own_area: list[int] = field(default_factory=list)
    #: companies outside its area that only this organisation reaches
    own_outside: list[int] = field(default_factory=list)
    #: companies outside its area that other organisations reach as well
    shared: list[int] = field(default_factory=list)
    foreign_companies: list[int] = field(default_factory=list)
    #: the number of participations of foreign companies
    foreign_slots: int = 0
    #: pool -> its participants; pools of companies are not listed
    others: dict[str, list[int]] = field(default_factory=dict)
    #: pool -> how many participations all its participants have together
    slots: dict[str, int] = field(default_factory=dict)
    #: company -> the years in which it takes part
    years: dict[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def danish_companies(self) -> list[int]:
        """All Danish companies that the organisation reaches."""
        return self.own_area + self.own_outside + self.shared

    def companies_of(self, year: int, companies: list[int]) -> list[int]:
        """Return those of ``companies`` that take part in the year."""
        return [i for i in companies if year in self.years[i]]


@dataclass(frozen=True)
class ParticipantPlan:
    """Has all participants, the organisations that reach them, and the industries of each area.

    ``industry_roles`` maps organisation -> industry code -> ``core`` or ``supporting``.
    """

    participants: list[Participant]
    reach: dict[str, Reach]
    industry_roles: dict[str, dict[str, str]]
