"""The suites of the door: the checks of a submitted file as a whole.

A failing check holds the load until the secretariat decides, so its severity is a warning.
"""

from collections.abc import Iterator

from great_expectations.core import ExpectationSuite
from great_expectations.expectations import (
    ExpectTableRowCountToBeBetween,
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.metadata_types import FailureSeverity

from expectations.declaration import SECRETARIAT, build_suite
from klynge.intake.contracts import Column, Contract
from klynge.intake.formats.text_file import name_column
from klynge.messages import message

#: The number of rows may be up to this many times larger or smaller than the average of the
#: reporter's files for other periods.
VOLUME_FACTOR = 4
#: The sum of amounts may be up to this many times larger or smaller than the average of the
#: reporter's files for other periods.
AMOUNT_FACTOR = 10
#: The share of each code in a column changes by at most this many percentage points.
SHIFT_PERCENT = 40
#: The number of rows and the amounts of a correction may be up to this many times larger or smaller
#: than those of the corrected load.
CORRECTION_FACTOR = 2
#: The share of each code in a correction changes by at most this many percentage points.
CORRECTION_SHIFT_PERCENT = 25
#: The highest percentage of rejected rows, and the highest percentage of participants with an
#: unknown activity.
REJECTED_PERCENT, UNKNOWN_PERCENT = 10, 2
#: Volume, distribution and rejections are checked only in files with at least this many rows.
FEW_ROWS = 20
#: A failing check names at most this many lines of the file and this many ids.
_NAMED = 10
#: A check of a sum names at most this many lines, namely those with the largest amounts.
_AMOUNTS_NAMED = 3


def _lines(condition: str = "true") -> str:
    """Write SQL for the first lines of the rows that meet a condition, such as ``4, 5, 6``."""
    return _first(f"list(line order by line) filter (where {condition})")


def _first(values: str) -> str:
    """Write SQL for the first values of a list as text; ``…`` stands for the other values."""
    more = f"if(len({values}) > {_NAMED}, ' …', '')"
    return f"array_to_string(list_slice({values}, 1, {_NAMED}), ', ') || {more}"


def _largest_amounts(column: str) -> str:
    """Write SQL for the lines with the largest amounts: ``[{"line": 4, "amount": "25.00"}]``."""
    return f"""(
                select cast(to_json(
                    list({{{{'line': line, 'amount': cast({column} as varchar)}}}} order by place)
                ) as varchar)
                from (
                    select line, {column},
                        row_number() over (order by abs({column}) desc, line) as place
                    from {{batch}}
                    where {column} is not null
                )
                where place <= {_AMOUNTS_NAMED}
            ) as largest_amounts"""


class FileHasSoundRows(ExpectTableRowCountToBeBetween):
    min_value: int = 1
    description: str = message("The file has at least one row that is not rejected.")


class MostRowsAreSound(UnexpectedRowsExpectation):
    description: str = message(
        "In a file of {rows} rows or more, at most {percent} per cent of the rows are rejected.",
        rows=FEW_ROWS,
        percent=REJECTED_PERCENT,
    )
    unexpected_rows_query: str = f"""
        select rows_read, rows_rejected, lines
        from {{batch}}
        where rows_read >= {FEW_ROWS} and 100 * rows_rejected > {REJECTED_PERCENT} * rows_read
    """


#: SQL condition: the reporter has not reported the participant's activity for the period.
_UNKNOWN = "activity_id not in (select activity_id from door.activities)"


class ActivitiesKnown(UnexpectedRowsExpectation):
    description: str = message(
        "At most {percent} per cent of the participants name an activity that the reporter has not "
        "reported for the period. If activities are missing or wrong, correct and load them first, "
        "then accept this file.",
        percent=UNKNOWN_PERCENT,
    )
    unexpected_rows_query: str = f"""
        select
            count(*) as participants,
            count(*) filter (where {_UNKNOWN}) as unknown,
            count(distinct activity_id) filter (where {_UNKNOWN}) as unknown_activities,
            {_first(f"list(distinct activity_id order by activity_id) filter (where {_UNKNOWN})")}
                as activity_ids,
            {_lines(_UNKNOWN)} as lines
        from {{batch}}
        where exists (select 1 from door.activities)
        having 100 * unknown > {UNKNOWN_PERCENT} * participants
    """


class ReportedOnce(UnexpectedRowsExpectation):
    """No two reporters report on the same subject for the same period."""


class NearEarlier(UnexpectedRowsExpectation):
    """A measure of the file is near the average of the reporter's files for other periods.

    The check is not a typed expectation with bounds, because an amount can be negative.
    """


class MixNearEarlier(UnexpectedRowsExpectation):
    """The shares of a column's codes are near those in the reporter's files for other periods."""


class NearReplaced(UnexpectedRowsExpectation):
    """A measure of a correction is near the measure of the load that it replaces."""


class MixNearReplaced(UnexpectedRowsExpectation):
    """The shares of a column's codes are near those in the load that a correction replaces."""


class RecommendedWithinAppliedAtTheDoor(UnexpectedRowsExpectation):
    """The gate's rule with the same id, applied as soon as the decisions arrive."""

    description: str = message("No recommended amount exceeds the amount applied for.")
    unexpected_rows_query: str = """
        select f.organisation_id, f.grant_type, f.recommended_amount_kr, a.applied_amount_kr,
            cast(f.line as varchar) as lines
        from {batch} as f join door.applied as a using (organisation_id, grant_type)
        where f.recommended_amount_kr > a.applied_amount_kr
        order by f.line
    """


def door_suites(contract: Contract, *, partial: bool) -> Iterator[ExpectationSuite]:
    """Yield the suites for a file of a dataset. A partial file may have any size and any shares."""
    rules: list[UnexpectedRowsExpectation] = [_reported_once(contract.subject)]
    if contract.dataset == "participants":
        rules.append(ActivitiesKnown())
    if contract.dataset == "decisions":
        rules.append(
            RecommendedWithinAppliedAtTheDoor(meta={"check_id": "recommended_within_applied"})
        )
    counts: list[UnexpectedRowsExpectation] = [MostRowsAreSound()]
    if not partial:
        counts.append(_volume_near_replaced())
        rules += [_sum_near_replaced(c) for c in contract.columns if c.unit == "kr"]
        rules += [
            _mix_near_replaced(c)
            for c in contract.columns
            if c.allowed and c.name not in contract.key
        ]
        rules.append(_volume_near_earlier())
        rules += [_sum_near_earlier(c) for c in contract.columns if c.unit == "kr"]
        # codes in the key identify what a row is about; their shares may differ from year to year
        rules += [
            _mix_near_earlier(c)
            for c in contract.columns
            if c.allowed and c.name not in contract.key
        ]
    for table, checks in (
        ("door.counts", counts),
        ("door.file", [FileHasSoundRows(), *rules]),
    ):
        for check in checks:
            check.meta = {**(check.meta or {}), "owner": SECRETARIAT}
            check.severity = FailureSeverity.WARNING
        yield build_suite(table, checks)


def _reported_once(subject: str) -> ReportedOnce:
    return ReportedOnce(
        meta={"check_id": f"{subject}_reported_once"},
        description=message(
            "No other reporter has a file for the period with the same {column}.", column=subject
        ),
        unexpected_rows_query=f"""
        select {subject}, {_lines()} as lines
        from {{batch}} semi join door.others using ({subject})
        group by {subject}
        order by {subject}
        """,
    )


def _volume_near_earlier() -> NearEarlier:
    return NearEarlier(
        meta={"check_id": "volume_near_earlier"},
        description=message(
            "The number of rows is at most {factor} times, and at least 1/{factor} of, the average "
            "of the reporter's files for other periods.",
            factor=VOLUME_FACTOR,
        ),
        unexpected_rows_query=_far_from_earlier("count(*)", VOLUME_FACTOR, at_least=FEW_ROWS),
    )


def _sum_near_earlier(column: Column) -> NearEarlier:
    return NearEarlier(
        meta={"check_id": f"{column.name}_near_earlier"},
        description=message(
            "The sum of {column} is at most {factor} times, and at least 1/{factor} of, the "
            "average of the reporter's files for other periods.",
            column=name_column(column),
            factor=AMOUNT_FACTOR,
        ),
        unexpected_rows_query=_far_from_earlier(
            f"coalesce(sum({column.name}), 0)", AMOUNT_FACTOR, about=_largest_amounts(column.name)
        ),
    )


def _far_from_earlier(measure: str, factor: int, *, at_least: int = 0, about: str = "") -> str:
    """Write SQL that returns a measure far from its average; ``about`` is SQL that names rows."""
    return f"""
        select
            (select {measure} from {{batch}}) as here,
            (
                select round(avg(of_period), 2)
                from (select {measure} as of_period from door.earlier group by period)
            ) as earlier{"," if about else ""}
            {about}
        where
            greatest(abs(here), abs(earlier)) >= {at_least}
            and (abs(here) > {factor} * abs(earlier) or abs(earlier) > {factor} * abs(here))
    """


def _volume_near_replaced() -> NearReplaced:
    return NearReplaced(
        meta={"check_id": "volume_near_replaced"},
        description=message(
            "A correction has at most {factor} times, and at least 1/{factor} of, the rows of the "
            "load that it replaces.",
            factor=CORRECTION_FACTOR,
        ),
        unexpected_rows_query=f"""
        select rows_read as here, rows_replaced as replaced
        from {{batch}}
        where greatest(rows_read, rows_replaced) >= {FEW_ROWS}
            and (rows_read > {CORRECTION_FACTOR} * rows_replaced
                or rows_replaced > {CORRECTION_FACTOR} * rows_read)
        """,
    )


def _sum_near_replaced(column: Column) -> NearReplaced:
    """Refused rows are included, because a correction often has the amounts of refused rows."""
    factor = CORRECTION_FACTOR
    refused = f"from door.refused_amounts where column_name = '{column.name}'"
    return NearReplaced(
        meta={"check_id": f"{column.name}_near_replaced"},
        description=message(
            "In a correction, the sum of {column} is at most {factor} times, and at least "
            "1/{factor} of, the sum in the load that it replaces.",
            column=name_column(column),
            factor=factor,
        ),
        unexpected_rows_query=f"""
        select
            (select coalesce(sum({column.name}), 0) from {{batch}})
                + coalesce((select sum(here) {refused}), 0) as here,
            (select coalesce(sum({column.name}), 0) from door.replaced)
                + coalesce((select sum(replaced) {refused}), 0) as replaced,
            {_largest_amounts(column.name)}
        where exists (select 1 from door.replaced)
            and (abs(here) > {factor} * abs(replaced) or abs(replaced) > {factor} * abs(here))
        """,
    )


def _mix_near_replaced(column: Column) -> MixNearReplaced:
    return MixNearReplaced(
        meta={"check_id": f"mix_of_{column.name}_near_replaced"},
        description=message(
            "In a correction, the share of each {column} differs by at most {points} percentage "
            "points from its share in the load that it replaces.",
            column=name_column(column),
            points=CORRECTION_SHIFT_PERCENT,
        ),
        unexpected_rows_query=_far_mix(column.name, "replaced", CORRECTION_SHIFT_PERCENT),
    )


def _mix_near_earlier(column: Column) -> MixNearEarlier:
    return MixNearEarlier(
        meta={"check_id": f"mix_of_{column.name}_near_earlier"},
        description=message(
            "The share of each {column} differs by at most {points} percentage points from its "
            "share in the reporter's files for other periods.",
            column=name_column(column),
            points=SHIFT_PERCENT,
        ),
        unexpected_rows_query=_far_mix(column.name, "earlier", SHIFT_PERCENT),
    )


def _far_mix(column: str, other: str, points: int) -> str:
    """Write SQL for codes whose share is more than ``points`` from that in ``door.<other>``."""
    parts = f"""
            select {column}, sum(count(*)) over () as n, 100 * count(*) / n as percent{{lines}}
            from {{rows}}
            where {column} is not null
            group by {column}
    """
    return f"""
        with
        here as ({parts.format(rows="{batch}", lines=f", {_lines()} as lines")}),
        {other} as ({parts.format(rows=f"door.{other}", lines="")})
        select
            {column},
            round(coalesce(here.percent, 0), 1) as here,
            round(coalesce({other}.percent, 0), 1) as {other},
            coalesce(here.lines, '') as lines
        from here full join {other} using ({column})
        where
            (select coalesce(max(n), 0) from here) >= {FEW_ROWS}
            and (select coalesce(max(n), 0) from {other}) >= {FEW_ROWS}
            and abs(coalesce(here.percent, 0) - coalesce({other}.percent, 0)) > {points}
        order by all
        """
