"""The calendar, which says who reports on which periods and when each submission is due.

The calendar is in four seeds of the reference data. ``reporters`` has the spans of time on which
each reporter reports. ``reporting_periods`` has the dates of the periods, and ``calls`` has the
calls. ``due_submissions`` says which dataset is expected from whom.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from klynge.intake.contracts import Contract
from klynge.messages import message
from klynge.reference.problems import Problem
from klynge.reference.seeds import Reference
from klynge.words import REPORTER_KINDS

YEAR, CALL = "year", "call"


@dataclass(frozen=True)
class Span:
    """The time from ``first_day`` to ``last_day``, both included; None is an open end."""

    first_day: date | None
    last_day: date | None

    def overlaps(self, other: "Span") -> bool:
        """Whether a day lies in both spans."""
        return (self.first_day or date.min) <= (other.last_day or date.max) and (
            other.first_day or date.min
        ) <= (self.last_day or date.max)


@dataclass(frozen=True)
class Reporter:
    """A sender of files; if it has an ``organisation_id``, it reports only on this organisation.

    ``spans`` are the spans of time on which the reporter reports, in order. The reporter reports on
    each period that has a day in a span.
    """

    reporter_id: str
    kind: str
    organisation_id: str | None
    basis: str
    spans: tuple[Span, ...] = (Span(None, None),)

    def reports_on(self, period: "Period") -> bool:
        """Whether a span of the reporter has a day of the period."""
        return any(span.overlaps(period.span) for span in self.spans)


@dataclass(frozen=True)
class Period:
    """A reporting period: a ``year`` or a ``call``; it is closed after ``closes_on``.

    A call covers the years of its grants, from ``first_year`` to ``last_year``.
    """

    period_id: str
    kind: str
    first_year: int
    last_year: int
    due_on: date | None = None
    closes_on: date | None = None

    @property
    def span(self) -> Span:
        """The days of the period's years."""
        return Span(date(self.first_year, 1, 1), date(self.last_year, 12, 31))


@dataclass(frozen=True)
class DueRule:
    """A rule that says from whom a dataset is expected, and when it is due.

    The rule names a kind of reporter or one reporter. If ``period_id`` is None, the rule applies to
    every period. If ``due_on`` is None, the due date of the period applies.
    """

    dataset: str
    reporter_kind: str | None
    reporter_id: str | None
    period_id: str | None
    is_expected: bool
    due_on: date | None

    def covers(self, reporter: Reporter, period: Period) -> bool:
        """Whether the rule applies to this reporter and this period."""
        named = self.reporter_id == reporter.reporter_id or self.reporter_kind == reporter.kind
        return named and self.period_id in (None, period.period_id)

    @property
    def precedence(self) -> tuple[bool, bool]:
        """The rank of the rule; of all rules that apply, the one with the highest rank decides.

        A rule for one reporter ranks above a rule for a kind of reporter. Among rules with the same
        reporter or kind, a rule for one period ranks above a rule for every period.
        """
        return self.reporter_id is not None, self.period_id is not None


@dataclass(frozen=True)
class Reporting:
    """The reporters, the periods, and the rules for due submissions."""

    reporters: Mapping[str, Reporter]
    periods: Mapping[str, Period]
    due: tuple[DueRule, ...] = ()


def read_reporting(reference: Reference) -> Reporting:
    """Read the calendar from the reference data.

    A release of an older version has no spans of reporters, no calls in the calendar and no due
    submissions.
    """
    periods = _periods(reference.rows("reporting_periods"), reference.rows("calls"))
    due = reference.rows("due_submissions") if "due_submissions" in reference.names else []
    return Reporting(
        _reporters(reference.rows("reporters")),
        {period.period_id: period for period in periods},
        tuple(map(_due_rule, due)),
    )


def find_due_problems(reference: Reference, contracts: Mapping[str, Contract]) -> Iterator[Problem]:
    """Find rows of ``due_submissions`` that expect a dataset from a sender that may not send it."""
    kinds = {row["reporter_id"]: row["kind"] for row in reference.rows("reporters")}
    for row in reference.located_rows("due_submissions"):
        values = row.values
        contract = contracts.get(values["dataset"])
        kind = values["reporter_kind"] or kinds.get(values["reporter_id"], "")
        period = values["period_id"]
        if contract is None:
            text = message(
                "there is no dataset {dataset!r}; give one of {allowed}",
                dataset=values["dataset"],
                allowed=list(contracts),
            )
            yield Problem(row.file, row.number, text)
        # a row that names no known reporter has a problem of its own
        elif kind and kind not in contract.reporters:
            text = message(
                "{kind} may not send {dataset}: it comes from {senders}",
                kind=REPORTER_KINDS.get(kind, kind),
                dataset=contract.dataset,
                senders=[REPORTER_KINDS.get(one, one) for one in sorted(contract.reporters)],
            )
            yield Problem(row.file, row.number, text)
        elif period and contract.period_kind != (YEAR if period.isdigit() else CALL):
            text = message(
                "{dataset} is reported by {kind}, not for {period}; correct the period_id",
                dataset=contract.dataset,
                kind=contract.period_kind,
                period=period,
            )
            yield Problem(row.file, row.number, text)


def _periods(calendar: list[dict[str, str]], calls: list[dict[str, str]]) -> list[Period]:
    """Return the years in the calendar's order, and then all calls, also those without dates."""
    dates = {
        (row.get("kind", YEAR), row["period_id"]): (_day(row["due_on"]), _day(row["closes_on"]))
        for row in calendar
    }
    years = [
        Period(name, YEAR, int(name), int(name), *days)
        for (kind, name), days in dates.items()
        if kind == YEAR
    ]
    return [
        *years,
        *(
            Period(
                row["call_id"],
                CALL,
                int(row["period_id"][:4]),
                int(row["period_id"][-4:]),
                *dates.get((CALL, row["call_id"]), (None, None)),
            )
            for row in calls
        ),
    ]


def _reporters(rows: list[dict[str, str]]) -> dict[str, Reporter]:
    """Return each reporter with the spans of all its rows; its rows differ only in their spans."""
    spans: dict[str, list[Span]] = {}
    for row in rows:
        span = Span(_day(row.get("reports_from", "")), _day(row.get("reports_to", "")))
        spans.setdefault(row["reporter_id"], []).append(span)
    return {
        row["reporter_id"]: Reporter(
            row["reporter_id"],
            row["kind"],
            row["organisation_id"] or None,
            row["basis"],
            tuple(sorted(spans[row["reporter_id"]], key=lambda s: s.first_day or date.min)),
        )
        for row in rows
    }


def _due_rule(row: dict[str, str]) -> DueRule:
    return DueRule(
        row["dataset"],
        row["reporter_kind"] or None,
        row["reporter_id"] or None,
        row["period_id"] or None,
        row["is_expected"] == "true",
        _day(row["due_on"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
