"""Work out in Python, row by row, what each metric must answer.

The metrics are defined a second time here, without their declarations and without SQL. A fault in a
declaration or in the compiler therefore cannot be in both.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

Row = dict[str, Any]
#: The answer to a question that has no meaning.
REFUSED = "refused"
COUNTRY = ("denmark", "reported_so_far")


@dataclass(frozen=True)
class Sum:
    """The sum of a column over the rows that count.

    The sum is rounded to ``decimals``.
    """

    table: str
    column: str
    counts: Callable[[Row], bool] = lambda _row: True
    decimals: int = 2


@dataclass(frozen=True)
class Quotient:
    """The quotient of two sums.

    If ``minus`` is true, the answer is the difference of the two sums.
    """

    first: str
    second: str
    factor: int = 1
    decimals: int = 2
    minus: bool = False


@dataclass(frozen=True)
class Figure:
    """A figure of a mart.

    ``added`` has the dimensions over which figures may be added.
    """

    table: str
    column: str
    counts: Callable[[Row], bool] = lambda _row: True
    added: tuple[str, ...] = ()
    decimals: int = 2
    totals: tuple[tuple[str, tuple[str, ...]], ...] = (("organisation", COUNTRY),)
    whole: str | None = None


def _is(column: str, *values: Any) -> Callable[[Row], bool]:
    return lambda row: row[column] in values


def _size(*bands: str) -> Callable[[Row], bool]:
    return lambda row: row["characteristic"] == "size_band" and row["category"] in bands


_FUNDING, _ACCOUNTS = "bi.fact_funding", "bi.fact_accounts_funding"
_APPLICATIONS, _RESULTS = "bi.fact_applications", "bi.fact_expected_results"
_PARTICIPATIONS, _MEMBERS = "bi.fact_participations", "bi.fact_memberships"
_DEVELOPMENT, _MIX = "evaluation.mart_performance_development", "evaluation.mart_company_mix"
_COVERAGE = "evaluation.mart_participation_coverage"
_TARGETS = "evaluation.mart_target_progress"
_OVERVIEW, _WHOLE = "evaluation.mart_cluster_overview", "national_total"
_BREAKDOWN = (("breakdown", ("total",)),)


def _account(indicator: str, column: str, decimals: int, **more: Any) -> Figure:
    return Figure(
        _DEVELOPMENT,
        column,
        _is("indicator_id", indicator),
        decimals=decimals,
        totals=_BREAKDOWN,
        **more,
    )


METRICS: dict[str, Sum | Quotient | Figure] = {
    "money_consumed": Sum(_FUNDING, "amount_kr"),
    "cluster_grant_consumed": Sum(_FUNDING, "amount_kr", _is("funding_source_id", "cluster_grant")),
    "public_money_consumed": Sum(_FUNDING, "amount_kr", _is("funding_source_id", "public")),
    "private_money_consumed": Sum(_FUNDING, "amount_kr", _is("funding_source_id", "private")),
    "eu_money_consumed": Sum(_FUNDING, "amount_kr", _is("funding_source_id", "eu")),
    "other_money_consumed": Sum(_FUNDING, "amount_kr", _is("funding_source_id", "other")),
    "other_income": Sum(
        _FUNDING, "amount_kr", lambda row: row["funding_source_id"] != "cluster_grant"
    ),
    "cluster_grant_share": Quotient("cluster_grant_consumed", "money_consumed", 100),
    "private_cofinancing": Quotient("private_money_consumed", "cluster_grant_consumed", 100),
    "other_income_per_grant_krone": Quotient("other_income", "cluster_grant_consumed"),
    "grant_left": Quotient("innovationskraft_planned", "cluster_grant_consumed", minus=True),
    "accounts_financing": Sum(_ACCOUNTS, "amount_kr"),
    "accounts_state_financing": Sum(_ACCOUNTS, "amount_kr", _is("funding_source_id", "state")),
    "accounts_state_share": Quotient("accounts_state_financing", "accounts_financing", 100),
    "accounts_financing_change": _account("total_financing", "change", 1),
    "accounts_financing_per_cluster": _account("total_financing", "average_per_cluster", 2),
    "accounts_clusters": _account("clusters", "value", 0),
    "accounts_participating_companies": _account("participating_companies", "value", 0),
    "accounts_smes_under_50": Figure(
        _DEVELOPMENT,
        "value",
        lambda row: (
            (row["indicator_id"], row["breakdown"])
            == ("participating_companies", "under_50_employees")
        ),
        decimals=0,
        totals=(),
    ),
    "accounts_membership_dues": _account("membership_dues", "amount_kr", 2, added=("period",)),
    "accounts_staff_per_cluster": _account("employees_per_cluster", "value", 1),
    "applications": Sum(_APPLICATIONS, "applications"),
    "recommended_applications": Sum(_APPLICATIONS, "recommended_applications"),
    "applied_amount": Sum(_APPLICATIONS, "applied_amount_kr"),
    "recommended_amount": Sum(_APPLICATIONS, "recommended_amount_kr"),
    "success_rate": Quotient("recommended_applications", "applications", 100),
    "share_recommended": Quotient("recommended_amount", "applied_amount", 100),
    "recommended_amount_per_application": Quotient(
        "recommended_amount", "recommended_applications"
    ),
    "pot": Sum("bi.fact_pots", "pot_kr"),
    "innovationskraft_planned": Sum(
        "bi.fact_pots", "pot_kr", _is("grant_type_id", "innovationskraft")
    ),
    "cluster_grant_pot": Sum("bi.fact_pots", "pot_kr", _is("grant_type_id", "cluster")),
    "innovation_grant_pot": Sum("bi.fact_pots", "pot_kr", _is("grant_type_id", "innovation")),
    "expected_smes_in_activities": Sum(_RESULTS, "smes_in_collective_activities"),
    "expected_smes_with_concepts": Sum(_RESULTS, "smes_developing_concepts"),
    "cost_per_sme_in_activities": Quotient("cluster_grant_pot", "expected_smes_in_activities"),
    "cost_per_sme_with_concepts": Quotient("innovation_grant_pot", "expected_smes_with_concepts"),
    "activities": Sum("bi.fact_activities", "activities"),
    "participations": Sum(_PARTICIPATIONS, "participations"),
    "participants_present": Sum(_PARTICIPATIONS, "persons"),
    "company_participations": Sum(
        _PARTICIPATIONS, "participations", _is("participant_type_id", "company")
    ),
    "foreign_participations": Sum(_PARTICIPATIONS, "participations", _is("home_id", "abroad")),
    "located_participations": Sum(
        _PARTICIPATIONS, "participations", _is("home_id", "denmark", "abroad")
    ),
    "foreign_share": Quotient("foreign_participations", "located_participations", 100),
    "participations_per_activity": Quotient("participations", "activities"),
    "membership_years": Sum(_MEMBERS, "membership_years"),
    "membership_dues": Sum(_MEMBERS, "dues_kr"),
    "dues_per_membership": Quotient("membership_dues", "membership_years"),
    "full_time_equivalents": Sum("bi.fact_staff", "full_time_equivalents"),
    "cluster_grant_staff": Sum(
        "bi.fact_staff", "full_time_equivalents", _is("staff_funder_id", "ufs", "deb")
    ),
    "cluster_grant_staff_share": Quotient("cluster_grant_staff", "full_time_equivalents", 100),
    "activities_per_full_time_equivalent": Quotient("activities", "full_time_equivalents"),
    "distinct_companies": Figure(
        _MIX, "companies", _is("characteristic", "size_band"), ("category",), 0
    ),
    "smes_under_250": Figure(_MIX, "companies", _size("under_50", "50_to_249"), ("category",), 0),
    "smes_under_50": Figure(_MIX, "companies", _size("under_50"), decimals=0),
    "startups": Figure(
        _MIX,
        "companies",
        lambda row: (row["characteristic"], row["category"]) == ("startup", "startup"),
        decimals=0,
    ),
    "participants": Figure(
        _OVERVIEW, "implied_value", _is("indicator_id", "participants"), (), 0, whole=_WHOLE
    ),
    "members": Figure(
        _OVERVIEW, "implied_value", _is("indicator_id", "members"), (), 0, whole=_WHOLE
    ),
    "coverage": Figure(_COVERAGE, "coverage_percent"),
    "participating_industry_companies": Figure(_COVERAGE, "participating_companies", decimals=0),
    "retention": Figure("evaluation.mart_retention", "share_percent"),
    "companies_by_years": Figure(
        "evaluation.mart_retention", "companies", added=("years_of_participation",), decimals=0
    ),
    "median_employees": Figure(
        "evaluation.mart_participant_profile", "median_employees", decimals=1
    ),
    "target_progress": Figure(_TARGETS, "progress_percent"),
    "target": Figure(_TARGETS, "target_value"),
}

#: (table, dimension) -> column, if the column does not have the name of its dimension.
_COLUMNS = {(_DEVELOPMENT, "period"): "year"}


class Referee:
    """Answers questions from the rows of tables.

    The tables are given as ``schema.table`` -> rows.
    """

    def __init__(self, rows: dict[str, list[Row]]) -> None:
        self._rows = rows

    def answer(
        self, name: str, by: tuple[str, ...], where: dict[str, set[str]]
    ) -> dict[tuple[str, ...], Fraction | None] | str:
        """Return the value of each group, or :data:`REFUSED`.

        None is a value that is not known.
        """
        metric = METRICS[name]
        if isinstance(metric, Figure):
            found = self._figures(metric, by, where)
        elif isinstance(metric, Sum):
            groups = self._groups(metric, by, where)
            found = {keys: _sum(metric, rows)[0] for keys, rows in groups.items()}
        else:
            first, second = METRICS[metric.first], METRICS[metric.second]
            above, below = self._groups(first, by, where), self._groups(second, by, where)
            found = {
                keys: _compare(metric, _sum(first, above[keys]), _sum(second, below[keys]))
                for keys in above.keys() & below.keys()
            }
        return REFUSED if found == REFUSED or REFUSED in found.values() else found

    def _groups(
        self, metric: Sum | Figure, by: tuple[str, ...], where: dict[str, set[str]]
    ) -> dict[tuple[str, ...], list[Row]]:
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in self._rows[metric.table]:
            has_figure = row[metric.column] is not None or row.get("is_withheld")
            chosen = all(_key(metric, row, name) in keys for name, keys in where.items())
            if metric.counts(row) and has_figure and chosen:
                keys = tuple(_key(metric, row, name) for name in by)
                groups.setdefault(keys, []).append(row)
        return groups

    def _figures(self, metric: Figure, by: tuple[str, ...], where: dict[str, set[str]]) -> Any:
        if metric.whole and "organisation" not in (*by, *where):
            country = self._country(metric)
            answer = country._figures(replace(metric, column=metric.whole, whole=None), by, where)
            own = self._figures(replace(metric, whole=None), (*by, "organisation"), where)
            return answer or (REFUSED if own else {})
        totals = {
            name: keys for name, keys in metric.totals if name not in where and name not in by
        }
        parts = {name: keys for name, keys in metric.totals if name in by and name not in where}
        for name, keys in metric.totals:
            if (
                name in where
                and name not in by
                and 0 < len(where[name] & set(keys)) < len(where[name])
            ):
                return REFUSED
        rows = [
            row
            for rows in self._groups(metric, (), where).values()
            for row in rows
            if not any(_key(metric, row, name) in keys for name, keys in parts.items())
        ]
        if "basis" not in by and "basis" not in where:
            rows = [row for row in rows if row["basis"] == self._basis_of(metric, row)]
        whole = [
            row for row in rows if all(_key(metric, row, n) in keys for n, keys in totals.items())
        ]
        if rows and not whole:
            return REFUSED
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in whole:
            groups.setdefault(tuple(_key(metric, row, name) for name in by), []).append(row)
        return {keys: self._figure(metric, rows) for keys, rows in groups.items()}

    def _country(self, metric: Figure) -> "Referee":
        """Make a referee for the whole country.

        Each organisation's row repeats the country's figure, so one row for each key is enough.
        """
        rows: dict[str, Row] = {}
        for row in self._rows[metric.table]:
            made = {**row, "organisation_id": COUNTRY[0]}
            key = str([made[name] for name in ("period_id", "basis", "indicator_id")])
            rows.setdefault(f"{key} {made[metric.whole]} {made['completeness']}", made)
        return Referee({metric.table: list(rows.values())})

    def _figure(self, metric: Figure, rows: list[Row]) -> Any:
        free = (*metric.added, "completeness")
        for name in dimensions_of(metric.table, self._rows):
            if name not in free and len({_key(metric, row, name) for row in rows}) > 1:
                return REFUSED
        if any(row.get("is_withheld") for row in rows):
            return None
        return sum(_rounded(Fraction(row[metric.column]), metric.decimals) for row in rows)

    def _basis_of(self, metric: Figure, row: Row) -> str:
        """Return the basis that counts for the period of a row."""
        rows = self._groups(metric, (), {}).get((), [])
        period = _key(metric, row, "period")
        real = [one for one in rows if one["basis"] != "sample"]
        same = [one for one in real or rows if _key(metric, one, "period") == period]
        reported = [one["completeness"] for one in same if one["basis"] == "reported"]
        if reported and set(reported) <= {"complete", "rows_refused"}:
            return "reported"
        bases = {one["basis"] for one in same}
        return next((one for one in ("published", "reported", "sample") if one in bases), "")


def dimensions_of(table: str, rows: dict[str, list[Row]]) -> list[str]:
    """Find the dimensions of a table by the names of its columns."""
    columns = set(rows[table][0]) if rows[table] else set()
    if table.startswith("bi."):
        return sorted(column.removesuffix("_id") for column in columns if column.endswith("_id"))
    known = {
        "organisation": "organisation_id",
        "period": _COLUMNS.get((table, "period"), "period_id"),
        "indicator": "indicator_id",
        "call": "call_id",
        "grant_type": "grant_type_id",
        **{
            name: name
            for name in (
                *("basis", "completeness", "breakdown", "characteristic", "category"),
                *("years_of_participation", "participation", "accumulation"),
            )
        },
    }
    return sorted(name for name, column in known.items() if column in columns)


def _key(metric: Sum | Figure, row: Row, name: str) -> str:
    column = _COLUMNS.get((metric.table, name), f"{name}_id")
    value = row[column] if column in row else row[name]
    return "not_stated" if value is None else str(value)


def _sum(metric: Sum, rows: list[Row]) -> Any:
    """Return the value, the bases and the periods of a group.

    The value is :data:`REFUSED` if bases or unfinished years would be mixed.
    """
    bases, periods = ({row[column] for row in rows} for column in ("basis_id", "period_id"))
    if len(bases) > 1 or (len(periods) > 1 and any(one.endswith("_so_far") for one in periods)):
        return REFUSED, bases, periods
    value = sum(Fraction(row[metric.column]) for row in rows)
    return _rounded(value, metric.decimals), bases, periods


def _compare(metric: Quotient, first: Any, second: Any) -> Any:
    (above, bases, periods), (below, other_bases, other_periods) = first, second
    if REFUSED in (above, below) or bases != other_bases:
        return REFUSED
    if metric.minus:
        return above - below
    if periods != other_periods:
        return REFUSED
    return _rounded(above * metric.factor / below, metric.decimals) if below else None


def _rounded(value: Fraction, decimals: int) -> Fraction:
    """Round half away from zero."""
    scaled = abs(value) * 10**decimals
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**decimals)
