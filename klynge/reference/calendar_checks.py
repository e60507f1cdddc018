"""Check the calendar: the spans of reporters, the dates of periods, and the due submissions.

A mistake in the calendar would not stop the build. It could make a submission due that nobody can
send. It could also excuse somebody who should send a submission.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, groupby

from klynge.messages import Message, message
from klynge.reference.problems import Problem
from klynge.reference.seeds import SeedRow

YEAR, CALL = "year", "call"
KINDS = ("cluster_organisation", "agency", "sample")
BASES = ("reported", "sample")

_ID = re.compile(r"[a-z0-9][a-z0-9_]*")
_YEAR = re.compile(r"(19|20)\d\d")
_YEARS = re.compile(r"((19|20)\d\d)(-((19|20)\d\d))?")
#: An organisation with one of these outcomes holds the area in the years of the call.
_HOLDS = frozenset({"designated", "recommended"})

Tables = Mapping[str, Sequence[SeedRow]]


def find_calendar_problems(tables: Tables) -> Iterator[Problem]:
    """Find the problems of the calendar. ``tables`` has the rows of each seed.

    Texts that are not dates are not reported here, because the check of single values reports them.
    """
    calls = {row.values["call_id"]: row.values["period_id"] for row in tables["calls"]}
    yield from _call_problems(tables["calls"])
    yield from _reporter_problems(tables["reporters"])
    yield from _period_problems(tables["reporting_periods"], calls)
    yield from _due_problems(tables["due_submissions"], tables["reporting_periods"], calls)
    yield from _evaluation_problems(tables["evaluation_periods"])
    yield from _area_problems(tables["area_designations"], calls)


def _call_problems(rows: Sequence[SeedRow]) -> Iterator[Problem]:
    yield from _repeated(rows, ("call_id",))
    for row in rows:
        period = row.values["period_id"]
        if _years(period) is None:
            text = message(
                "period_id {period!r}: write the first and the last year of the grants, such as "
                "2029-2032",
                period=period,
            )
            yield Problem(row.file, row.number, text)


def _reporter_problems(rows: Sequence[SeedRow]) -> Iterator[Problem]:
    for row in rows:
        for text in _reporter_texts(row.values):
            yield Problem(row.file, row.number, text)
    by_reporter = sorted(rows, key=lambda row: row.values["reporter_id"])
    for reporter, group in groupby(by_reporter, key=lambda row: row.values["reporter_id"]):
        spans = list(group)
        for one, other in combinations(spans, 2):
            differing = [
                c for c in ("kind", "organisation_id", "basis") if one.values[c] != other.values[c]
            ]
            if differing:
                text = message(
                    "{columns} differs from {place}; all rows of a reporter must have the same "
                    "value",
                    columns=differing,
                    place=other.place,
                )
                yield Problem(one.file, one.number, text)
            elif _overlap(one, other):
                text = message(
                    "this span of {reporter} overlaps {place}: end one of the two spans before "
                    "the other begins (reports_from, reports_to), or delete one of the two rows",
                    reporter=reporter,
                    place=one.place,
                )
                yield Problem(other.file, other.number, text)
    for one, other in combinations(rows, 2):
        if _are_rivals(one.values, other.values) and _overlap(one, other):
            text = message(
                "{reporter} reports on {organisation} at the same time ({place}): end one of the "
                "two spans before the other begins",
                reporter=one.values["reporter_id"],
                organisation=one.values["organisation_id"],
                place=one.place,
            )
            yield Problem(other.file, other.number, text)


def _are_rivals(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two reporters report on one organisation."""
    same = one["organisation_id"] and one["organisation_id"] == other["organisation_id"]
    return bool(same) and one["reporter_id"] != other["reporter_id"]


def _reporter_texts(row: Mapping[str, str]) -> Iterator[str]:
    if not _ID.fullmatch(row["reporter_id"]):
        yield message(
            "reporter_id {reporter!r} names a folder of the inbox: write it with small letters a "
            "to z, digits and underscores",
            reporter=row["reporter_id"],
        )
    for column, allowed in (("kind", KINDS), ("basis", BASES)):
        if row[column] not in allowed:
            yield _unknown(column, row[column], allowed)
    if (row["kind"] == "cluster_organisation") != bool(row["organisation_id"]):
        yield message(
            "a reporter of the kind cluster_organisation names the organisation_id that it reports "
            "on; a reporter of another kind names none; correct kind or organisation_id"
        )
    if row["reports_to"] and row["reports_to"] < row["reports_from"]:
        yield message("reports_to is before reports_from; correct one of them")


def _period_problems(rows: Sequence[SeedRow], calls: Mapping[str, str]) -> Iterator[Problem]:
    yield from _repeated(rows, ("period_id",))
    for row in rows:
        for text in _period_texts(row.values, calls):
            yield Problem(row.file, row.number, text)


def _period_texts(row: Mapping[str, str], calls: Mapping[str, str]) -> Iterator[str]:
    period, due, closes = row["period_id"], row["due_on"], row["closes_on"]
    if row["kind"] == CALL:
        if period not in calls:
            yield message(
                "there is no call {call!r}; correct it, or add the call to calls.csv", call=period
            )
    elif row["kind"] != YEAR:
        yield _unknown("kind", row["kind"], (YEAR, CALL))
    elif not _YEAR.fullmatch(period):
        yield message(
            "period_id {period!r} is not a year: periods of submissions are calendar years, such "
            "as 2026, so that they never overlap",
            period=period,
        )
    elif due and due <= period:
        yield message(
            "due_on {due} is before {period} begins; give a later day", due=due, period=period
        )
    if due and closes and closes < due:
        yield message(
            "closes_on {closes} is before due_on {due}: nobody could send a file in time; close "
            "the period later, or set the due date earlier",
            closes=closes,
            due=due,
        )


def _due_problems(
    rows: Sequence[SeedRow], periods: Sequence[SeedRow], calls: Mapping[str, str]
) -> Iterator[Problem]:
    yield from _repeated(rows, ("dataset", "reporter_kind", "reporter_id", "period_id"))
    closing = {row.values["period_id"]: row.values["closes_on"] for row in periods}
    for row in rows:
        for text in _due_texts(row.values, closing, calls):
            yield Problem(row.file, row.number, text)


def _due_texts(
    row: Mapping[str, str], closing: Mapping[str, str], calls: Mapping[str, str]
) -> Iterator[str]:
    if bool(row["reporter_kind"]) == bool(row["reporter_id"]):
        yield message(
            "give either reporter_kind or reporter_id: a kind of reporter, or one reporter"
        )
    if row["reporter_kind"] and row["reporter_kind"] not in KINDS:
        yield _unknown("reporter_kind", row["reporter_kind"], KINDS)
    if row["is_expected"] not in ("true", "false"):
        yield _unknown("is_expected", row["is_expected"], ("true", "false"))
    period = row["period_id"]
    if period and period not in closing and period not in calls:
        yield message(
            "there is no period {period!r}; correct it, or add it to reporting_periods.csv",
            period=period,
        )
    if row["due_on"] and not period:
        yield message("a date in due_on needs a period: give the period_id, or leave due_on empty")
    closes = closing.get(period, "")
    if row["due_on"] and closes and closes < row["due_on"]:
        yield message(
            "due_on {due} is after the closing day of {period} ({closes}): nobody could send a "
            "file in time; set an earlier due date, or close the period later",
            due=row["due_on"],
            period=period,
            closes=closes,
        )


def _evaluation_problems(rows: Sequence[SeedRow]) -> Iterator[Problem]:
    yield from _repeated(rows, ("period_id", "year"))
    for row in rows:
        if _years(row.values["period_id"]) is None:
            text = message(
                "period_id {period!r}: write one year, or the first and last year, such as "
                "2029-2032",
                period=row.values["period_id"],
            )
            yield Problem(row.file, row.number, text)
    by_period = sorted(rows, key=lambda row: row.values["period_id"])
    for period, group in groupby(by_period, key=lambda row: row.values["period_id"]):
        members = list(group)
        years = _years(period)
        if years is None:
            continue
        needed = {str(year) for year in range(years[0], years[1] + 1)}
        if needed != {row.values["year"] for row in members}:
            text = message(
                "{period} needs one row for each of its years: {years}",
                period=period,
                years=sorted(needed),
            )
            yield Problem(members[-1].file, members[-1].number, text)


def _area_problems(rows: Sequence[SeedRow], calls: Mapping[str, str]) -> Iterator[Problem]:
    """Find areas with two holders in a call, and holders with areas of two calls in a year."""
    holding = [row for row in rows if row.values["outcome"] in _HOLDS]
    for one, other in combinations(holding, 2):
        mine, theirs = one.values, other.values
        if (mine["area_id"], mine["call_id"]) == (theirs["area_id"], theirs["call_id"]):
            text = message(
                "{area} already has an organisation ({place}), and a call designates at most one; "
                "correct the outcome",
                area=mine["area_id"],
                place=one.place,
            )
            yield Problem(other.file, other.number, text)
        if mine["organisation_id"] != theirs["organisation_id"] or not mine["organisation_id"]:
            continue
        first, second = (_years(calls.get(r["call_id"], "")) for r in (mine, theirs))
        if mine["call_id"] == theirs["call_id"] or first is None or second is None:
            continue
        if first[0] <= second[1] and second[0] <= first[1]:
            text = message(
                "{organisation} holds an area of {call} in the same years ({place}); correct the "
                "call's period, or the outcome of one of the two rows",
                organisation=mine["organisation_id"],
                call=mine["call_id"],
                place=one.place,
            )
            yield Problem(other.file, other.number, text)


def _unknown(column: str, value: str, allowed: Sequence[str]) -> Message:
    return message(
        "{column} {value!r} is not known; give one of {allowed}",
        column=column,
        value=value,
        allowed=allowed,
    )


def _repeated(rows: Sequence[SeedRow], key: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], SeedRow] = {}
    for row in rows:
        values = tuple(row.values[column] for column in key)
        if values in first:
            text = message(
                "{name} is in {place} too: keep only one of the two rows",
                name=" ".join(filter(None, values)),
                place=first[values].place,
            )
            yield Problem(row.file, row.number, text)
        first.setdefault(values, row)


def _overlap(one: SeedRow, other: SeedRow) -> bool:
    """Whether two spans have a day in common. An empty date is an open end."""
    (first, last), (begins, ends) = (
        (row.values["reports_from"], row.values["reports_to"] or "9999") for row in (one, other)
    )
    return first <= ends and begins <= last


def _years(period: str) -> tuple[int, int] | None:
    """Return first and last year of a period such as 2026 or 2025-2028; None for other texts."""
    found = _YEARS.fullmatch(period)
    if found is None:
        return None
    first, last = int(found[1]), int(found[4] or found[1])
    return (first, last) if first <= last else None
