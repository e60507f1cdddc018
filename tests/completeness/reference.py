"""Compute in Python, from the files of a history, the rows that the marts should have."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from klynge import checkout
from klynge.seed_files import read_seed
from tests.completeness.files import AREAS, ORGANISATIONS, REGISTER, STRANGER, YEARS, register_rows
from tests.completeness.histories import SAMPLE, History

#: Group of figures -> the datasets from which the figures are computed.
GROUPS = {
    "activities": ("activities",),
    "participation": ("activities", "participants"),
    "coverage": ("activities", "participants", REGISTER),
    "memberships": ("memberships",),
    "funding": ("funding",),
    "staff": ("full_time_equivalents",),
    "results": ("indicator_results",),
}
DENMARK, SO_FAR = "denmark", "reported_so_far"
FEWEST = 3

PERIODS: dict[str, tuple[int, ...]] = {}
for _row in read_seed(checkout.SEEDS / "reference" / "evaluation_periods.csv"):
    PERIODS[_row["period_id"]] = (*PERIODS.get(_row["period_id"], ()), int(_row["year"]))

#: Rows of a mart: key -> figures.
Figures = dict[tuple[object, ...], tuple[object, ...]]


@dataclass(frozen=True)
class Scope:
    """A figure is about this organisation or country, and needs these reports."""

    period: str
    key: str
    #: organisations whose rows count -> their years
    reports: dict[str, tuple[int, ...]]
    reporters_due: int
    rows_refused: int

    @property
    def completeness(self) -> str:
        """The value of the last column of every mart."""
        if len(self.reports) < self.reporters_due:
            return "partial"
        return "rows_refused" if self.rows_refused else "complete"

    @property
    def rests_on(self) -> tuple[object, ...]:
        """The values of the last six columns of every mart."""
        years = len(PERIODS[self.period])
        return (len(self.reports), self.reporters_due, years, years, self.rows_refused,
                self.completeness)  # fmt: skip


class Reference:
    """Computes the marts of one basis of a history."""

    def __init__(self, history: History, basis: str) -> None:
        """``basis`` is ``reported`` or ``sample``."""
        self.history, self.basis = history, basis
        self.organisations = history.sample if basis == SAMPLE else (*ORGANISATIONS, STRANGER)

    def is_in(self, organisation: str, dataset: str, year: int) -> bool:
        """Return whether the report of a dataset counts."""
        if self.basis == SAMPLE:
            return dataset != REGISTER and year in self.history.sample_years
        if dataset == REGISTER:
            area = AREAS.get(organisation)
            return area is not None and area in self.history.registers.get(year, ())
        return self.history.counted((organisation, dataset, year)) is not None

    def is_whole(self, organisation: str, group: str, year: int) -> bool:
        """Return whether every dataset of the group is reported."""
        return all(self.is_in(organisation, d, year) for d in GROUPS[group])

    def is_due(self, organisation: str, group: str, year: int) -> bool:
        """Return whether the country is incomplete without the organisation."""
        own = [d for d in GROUPS[group] if d != REGISTER]
        if self.basis == SAMPLE:
            return year in self.history.sample_years
        if self.is_whole(organisation, group, year):
            return True
        if year in self.history.due.get(organisation, ()):
            return not any((organisation, d, year) in self.history.excused for d in own)
        return any(self.history.outcomes.get((organisation, d, year)) for d in own)

    def scopes(self, group: str) -> Iterator[Scope]:
        """Yield every organisation and country for which a group of figures can be shown."""
        for period, years in PERIODS.items():
            due = {o: [y for y in years if self.is_due(o, group, y)] for o in self.organisations}
            due = {o: dates for o, dates in due.items() if dates}
            for organisation in due:
                if all(self.is_whole(organisation, group, y) for y in years):
                    yield self._scope(group, period, organisation, {organisation: years}, 1)
            if {y for dates in due.values() for y in dates} != set(years):
                continue
            reports = {
                o: tuple(dates)
                for o, dates in due.items()
                if all(self.is_whole(o, group, y) for y in dates)
            }
            if reports:
                key = DENMARK if len(reports) == len(due) else SO_FAR
                yield self._scope(group, period, key, reports, len(due))

    def _scope(
        self, group: str, period: str, key: str, reports: dict[str, tuple[int, ...]], due: int
    ) -> Scope:
        refused = 0
        if self.basis != SAMPLE:
            refused = sum(
                self.history.refused((o, d, y))
                for o, years in reports.items()
                for y in years
                for d in GROUPS[group]
                if d != REGISTER
            )
        return Scope(period, key, reports, due, refused)

    def rows(self, scope: Scope, dataset: str) -> list[dict]:
        """Return the rows of a dataset that the figure needs, each with its reporting year."""
        found = []
        for organisation, years in scope.reports.items():
            for year in years:
                if self.basis == SAMPLE:
                    rows = History({(organisation, dataset, year): "in"}, {}, {}).rows(
                        organisation, dataset, year
                    )
                else:
                    rows = self.history.rows(organisation, dataset, year)
                found += [{**row, "reported": year} for row in rows]
        return found

    def participations(self, scope: Scope) -> list[dict]:
        """Return the participations in reported activities, each with the type of its activity."""
        types = {
            (a["organisation_id"], a["reported"], a["activity_id"]): a["activity_type"]
            for a in self.rows(scope, "activities")
        }
        found = []
        for row in self.rows(scope, "participants"):
            activity = (row["organisation_id"], row["reported"], row["activity_id"])
            if activity in types:
                found.append({**row, "activity": activity, "activity_type": types[activity]})
        return found

    def companies(self, scope: Scope) -> dict[str, list[dict]]:
        """Return each company with its participations."""
        found = defaultdict(list)
        for row in self.participations(scope):
            if row["participant_type"] == "company":
                found[row["participant_id"]].append(row)
        return found

    def mart(self, name: str) -> Figures:
        """Return the rows of a mart: key -> figures, followed by the columns about completeness."""
        group, figures = MARTS[name]
        return {
            (scope.period, scope.key, *key): (*values, *scope.rests_on)
            for scope in self.scopes(group)
            for key, values in figures(self, scope)
        }


def percent(part: Fraction | int, whole: Fraction | int, places: int = 6) -> Decimal:
    """Compute a share in per cent, rounded half away from zero."""
    return rounded(Fraction(100 * part, 1) / whole, places)


def rounded(value: Fraction, places: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def shown(count: int) -> int | None:
    """Return a count of companies, or None if the count is confidential."""
    return None if 0 < count < FEWEST else count


Found = Iterable[tuple[tuple[object, ...], tuple[object, ...]]]


def activity_mix(marts: Reference, scope: Scope) -> Found:
    types = Counter(row["activity_type"] for row in marts.rows(scope, "activities"))
    for kind, count in types.items():
        yield (kind,), (count, percent(count, types.total()))


def attendance(marts: Reference, scope: Scope) -> Found:
    held = Counter(row["activity_type"] for row in marts.rows(scope, "activities"))
    came = Counter(
        (row["activity_type"], row["participant_type"]) for row in marts.participations(scope)
    )
    for (kind, who), count in came.items():
        yield (kind, who), (rounded(Fraction(count, held[kind]), 6),)


def company_mix(marts: Reference, scope: Scope) -> Found:
    count = len(marts.companies(scope))
    if count:
        yield ("size_band", "under_50"), (shown(count),)


def retention(marts: Reference, scope: Scope) -> Found:
    if len(PERIODS[scope.period]) > 1:
        companies = marts.companies(scope).values()
        years = Counter(len({row["reported"] for row in rows}) for rows in companies)
        for number, count in years.items():
            yield (number,), (shown(count),)


def industries(marts: Reference, scope: Scope) -> Found:
    companies = marts.companies(scope)
    codes = {rows[0]["industry_code"] for rows in companies.values()}
    if companies:
        count = shown(len(companies))
        yield (), (count, None if count is None else len(codes))


def industry_ranking(marts: Reference, scope: Scope) -> Found:
    divisions = Counter(rows[0]["industry_code"][:2] for rows in marts.companies(scope).values())
    for division, count in divisions.items():
        yield (division,), (shown(count),)


def institutions(marts: Reference, scope: Scope) -> Found:
    reached = {
        row["activity"]
        for row in marts.participations(scope)
        if row["institution_type"] == "university"
    }
    if reached:
        held = len(marts.rows(scope, "activities"))
        yield ("university",), (len(reached), held, percent(len(reached), held))


def international(marts: Reference, scope: Scope) -> Found:
    came = Counter(row["participant_type"] for row in marts.participations(scope))
    for who, count in came.items():
        yield (who,), (count, 0)


def coverage(marts: Reference, scope: Scope) -> Found:
    if scope.key in (DENMARK, SO_FAR) or len(PERIODS[scope.period]) > 1:
        return
    registered = {
        row["company_id"] for row in register_rows(AREAS[scope.key], PERIODS[scope.period][0])
    }
    present = len(registered & marts.companies(scope).keys())
    yield (), (len(registered) - present, shown(present))


def profile(marts: Reference, scope: Scope) -> Found:
    for _, (others, _) in coverage(marts, scope):
        participants = 10 - others
        for who, count in (("not_participating", others), ("participating", participants)):
            if count:
                yield (who,), (shown(count),)


def funding(marts: Reference, scope: Scope) -> Found:
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for row in marts.rows(scope, "funding"):
        amounts[row["funding_source"]] += row["amount_kr"]
    for source, amount in amounts.items():
        yield (source,), (amount, sum(amounts.values()))


def staffing(marts: Reference, scope: Scope) -> Found:
    years: dict[str, Decimal] = defaultdict(Decimal)
    for row in marts.rows(scope, "full_time_equivalents"):
        years[row["staff_funder"]] += row["full_time_equivalents"]
    for funder, number in years.items():
        yield (funder,), (number,)


#: Mart -> (its group of figures, the function that computes its rows for a scope).
MARTS: dict[str, tuple[str, Callable[[Reference, Scope], Found]]] = {
    "activity_attendance": ("participation", attendance),
    "activity_mix": ("activities", activity_mix),
    "company_mix": ("participation", company_mix),
    "funding_mix": ("funding", funding),
    "industry_mix": ("participation", industries),
    "industry_ranking": ("participation", industry_ranking),
    "institution_participation": ("participation", institutions),
    "international_participation": ("participation", international),
    "participant_profile": ("coverage", profile),
    "participation_coverage": ("coverage", coverage),
    "retention": ("participation", retention),
    "staffing": ("staff", staffing),
}


def overview(marts: Reference) -> Figures:
    """Return the rows of ``mart_cluster_overview``.

    A share is shown only if the country is complete.
    """
    quantities: dict[str, tuple[str, Callable[[Scope], Fraction | int]]] = {
        "activities": ("activities", lambda s: len(marts.rows(s, "activities"))),
        "members": (
            "memberships",
            lambda s: len({row["member_id"] for row in marts.rows(s, "memberships")}),
        ),
        "participants": (
            "participation",
            lambda s: len({row["participant_id"] for row in marts.participations(s)}),
        ),
    }
    for indicator, is_grant in (("consumed_funding", True), ("other_income", False)):
        quantities[indicator] = (
            "funding",
            lambda s, is_grant=is_grant: (
                Fraction(
                    sum(
                        row["amount_kr"]
                        for row in marts.rows(s, "funding")
                        if (row["funding_source"] == "cluster_grant") == is_grant
                    )
                )
                / 1_000_000
            ),
        )
    found: Figures = {}
    for indicator, (group, quantity) in quantities.items():
        scopes = list(marts.scopes(group))
        countries = {s.period: s for s in scopes if s.key in (DENMARK, SO_FAR)}
        for scope in scopes:
            own = quantity(scope)
            if scope.key in (DENMARK, SO_FAR) or not own:
                continue
            country = countries[scope.period]
            is_whole = country.key == DENMARK
            found[scope.period, scope.key, indicator] = (
                percent(own, quantity(country)) if is_whole else None,
                rounded(Fraction(quantity(country)), 6) if is_whole else None,
                rounded(Fraction(own), 1),
                *country.rests_on,
            )
    return found


def target_progress(marts: Reference) -> Figures:
    """Return the rows of ``mart_target_progress``.

    The keys are (organisation, year of the result, accumulation).
    """
    values: dict[tuple[str, int, str], dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for organisation in marts.organisations:
        for year in YEARS:
            if not marts.is_in(organisation, "indicator_results", year):
                continue
            scope = Scope(str(year), organisation, {organisation: (year,)}, 1, 0)
            for row in marts.rows(scope, "indicator_results"):
                kinds = values[organisation, row["year"], row["accumulation"]]
                kinds[row["result_kind"]] = (year, row["value"])
    return {
        (organisation, year, accumulation): (
            *(kinds.get(kind, (None, None))[1] for kind in ("target", "actual")),
            int(year in YEARS and marts.is_in(organisation, "indicator_results", year)),
        )
        for (organisation, year, accumulation), kinds in values.items()
    }
