"""Great Expectations at the door: whether a submitted file, as a whole, is what it can be.

Single rows are the contract's business. Here a file is set beside what its reporter sent before
and what others report on for the period; an objection holds the load until somebody decides.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from expectations import runner
from expectations.check import Check, no_row_breaks
from klynge import checkout, raw_zone
from klynge.home import Home
from klynge.intake.checking import CheckedFile
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.door import Judge
from klynge.intake.submissions import Submission
from klynge.quality import CheckResult
from klynge.raw_zone import Load

#: A file may have so many times as many rows as its forerunners, or as few.
VOLUME_FACTOR = 4
#: Its amounts may add up to so many times theirs, or as little.
AMOUNT_FACTOR = 10
#: So much of a column's values may have moved from one code to another, in per cent.
SHIFT_PERCENT = 40
#: So many rows of a hundred may be rejected, or may name an activity that is not there.
REJECTED_PERCENT, UNKNOWN_PERCENT = 10, 2
#: Fewer rows than this say nothing about volume or distribution.
FEW_ROWS = 20

_OF_AN_ACTIVITY = ("participants", "activity_id")


def door_judge(home: Home) -> Judge:
    """The judge that :class:`klynge.intake.door.Door` asks for its objections to a file."""
    contracts = read_contracts(checkout.CONTRACTS)

    def judge(checked: CheckedFile, submission: Submission, earlier: list[Load]) -> list[str]:
        contract = contracts[submission.dataset]
        own: dict[str, list[str]] = {}
        activities, others = [], []
        # an erased load counts, but it has no rows to compare a file with
        for load in (x for x in earlier if not x.erased):
            rows = str(raw_zone.folder(home, load.dataset, load.load_id) / raw_zone.DATA)
            is_own = load.reporter == submission.reporter
            is_now = load.period == submission.period
            if load.dataset == submission.dataset and is_own and not is_now:
                own.setdefault(load.period, []).append(rows)
            elif load.dataset == submission.dataset and is_now and not is_own:
                others.append(rows)
            elif load.dataset == "activities" and is_now and is_own:
                activities.append(rows)
        with TemporaryDirectory() as folder:
            database = Path(folder) / "file.duckdb"
            with duckdb.connect(str(database)) as connection:
                _write_file(connection, checked, contract)
                _write_earlier(connection, contract, own, activities)
                _write_others(connection, contract, others)
            results = runner.run(database, list(door_checks(contract, partial=submission.partial)))
        return [_objection(result) for result in results if not result.passed]

    return judge


def door_checks(contract: Contract, *, partial: bool) -> Iterator[Check]:
    """What a file of the dataset must keep to; a partial one is like no other in size or mix."""
    yield _whole_file(
        "file_has_sound_rows",
        "The file has rows that are not rejected.",
        "select rows_read, rows_rejected from {batch} where rows_read = rows_rejected",
    )
    yield _whole_file(
        "most_rows_are_sound",
        f"Of {FEW_ROWS} rows or more, at most {REJECTED_PERCENT} of 100 are rejected.",
        "select rows_read, rows_rejected from {batch}"
        f" where rows_read >= {FEW_ROWS} and 100 * rows_rejected > {REJECTED_PERCENT} * rows_read",
    )
    yield _reported_once(contract.subject)
    if contract.dataset == "participants":
        yield _activities_known()
    if partial:
        return
    yield _near_earlier(
        "volume_near_earlier", "rows", VOLUME_FACTOR, "The number of rows", at_least=FEW_ROWS
    )
    for column in (c.name for c in contract.columns if c.unit == "kr"):
        yield _near_earlier(
            f"{column}_near_earlier", f"sum_{column}", AMOUNT_FACTOR, f"The sum of {column}"
        )
    # codes in the key say what is reported, and may be others the next year
    for column in (c.name for c in contract.columns if c.allowed and c.name not in contract.key):
        yield _mix_near_earlier(column)


def _whole_file(check_id: str, says: str, broken_by: str) -> Check:
    return no_row_breaks(
        check_id=check_id,
        looks_at="door.counts",
        says=says,
        broken_by=broken_by,
        keys=("rows_read",),
    )


def _reported_once(subject: str) -> Check:
    return no_row_breaks(
        check_id=f"{subject}_reported_once",
        looks_at="door.file",
        says=f"What the file reports on ({subject}) no other reporter has for the period.",
        broken_by=f"""
            select distinct {subject} from {{batch}} semi join door.others using ({subject})
        """,
        keys=(subject,),
    )


def _activities_known() -> Check:
    return no_row_breaks(
        check_id="activities_known",
        looks_at="door.file",
        says=f"At most {UNKNOWN_PERCENT} participants of 100 name an activity that is not there.",
        broken_by=f"""
            select
                count(*) as participants,
                count(*) filter (where activity_id not in (select activity_id from door.activities))
                    as unknown
            from {{batch}}
            where exists (select 1 from door.activities)
            having 100 * unknown > {UNKNOWN_PERCENT} * participants
        """,
        keys=("participants",),
    )


def _near_earlier(
    check_id: str, measure: str, factor: int, name: str, *, at_least: int = 0
) -> Check:
    return no_row_breaks(
        check_id=check_id,
        looks_at="door.forerunners",
        says=f"{name} is within {factor} times what the reporter sent for other periods.",
        broken_by=f"""
            select file.{measure} as here, round(avg(forerunners.{measure}), 2) as earlier
            from {{batch}} as forerunners, door.this_file as file
            group by file.{measure}
            having
                count(*) > 0
                and greatest(abs(here), abs(earlier)) >= {at_least}
                and (
                    abs(here) > {factor} * abs(earlier)
                    or abs(earlier) > {factor} * abs(here)
                )
        """,
        keys=("here",),
    )


def _mix_near_earlier(column: str) -> Check:
    parts = f"""
        select {column}, sum(count(*)) over () as n, 100 * count(*) / n as percent
        from {{rows}}
        where {column} is not null
        group by {column}
    """
    return no_row_breaks(
        check_id=f"mix_of_{column}_near_earlier",
        looks_at="door.earlier",
        says=f"At most {SHIFT_PERCENT} of 100 rows have moved to another {column}.",
        broken_by=f"""
            with
            here as ({parts.format(rows="door.file")}),
            earlier as ({parts.format(rows="{batch}")})
            select
                {column},
                round(coalesce(here.percent, 0), 1) as here,
                round(coalesce(earlier.percent, 0), 1) as earlier
            from here full join earlier using ({column})
            where
                (select coalesce(max(n), 0) from here) >= {FEW_ROWS}
                and (select coalesce(max(n), 0) from earlier) >= {FEW_ROWS}
                and abs(coalesce(here.percent, 0) - coalesce(earlier.percent, 0)) > {SHIFT_PERCENT}
        """,
        keys=(column,),
    )


def _write_file(
    connection: duckdb.DuckDBPyConnection, checked: CheckedFile, contract: Contract
) -> None:
    connection.execute("create schema door")
    connection.register("checked_rows", checked.rows)
    connection.execute(f"create table door.file as select {_columns(contract)} from checked_rows")
    connection.execute(
        f"create table door.this_file as select {_measures(contract)} from door.file"
    )
    connection.execute(
        "create table door.counts as select $read as rows_read, $rejected as rows_rejected",
        {"read": checked.rows_read, "rejected": checked.rows_rejected},
    )


def _write_earlier(
    connection: duckdb.DuckDBPyConnection,
    contract: Contract,
    own: dict[str, list[str]],
    activities: list[str],
) -> None:
    """``own``: the Parquet files of the dataset's other periods; ``activities``: of this one's."""
    columns = _columns(contract)
    connection.execute(
        f"create table door.earlier as select '' as period, {columns} from door.file limit 0"
    )
    for period, rows in own.items():
        connection.execute(
            f"insert into door.earlier select $period, {columns} from read_parquet($rows)",
            {"period": period, "rows": rows},
        )
    connection.execute("create table door.activities (activity_id varchar)")
    if activities:
        connection.execute(
            "insert into door.activities select activity_id from read_parquet($rows)",
            {"rows": activities},
        )
    connection.execute(
        f"create table door.forerunners as select {_measures(contract)} from door.earlier "
        "group by period"
    )


def _write_others(
    connection: duckdb.DuckDBPyConnection, contract: Contract, others: list[str]
) -> None:
    """``others``: the Parquet files of the dataset and period from other reporters."""
    subject = contract.subject
    connection.execute(f"create table door.others ({subject} varchar)")
    if others:
        connection.execute(
            f"insert into door.others select distinct {subject} from read_parquet($rows)",
            {"rows": others},
        )


def _columns(contract: Contract) -> str:
    """What the checks look at: the subject, codes, amounts and, of a participant, the activity."""
    looked_at = [
        c.name
        for c in contract.columns
        if c.allowed
        or c.unit == "kr"
        or c.name == contract.subject
        or (contract.dataset, c.name) == _OF_AN_ACTIVITY
    ]
    return ", ".join(f'"{name}"' for name in looked_at)


def _measures(contract: Contract) -> str:
    sums = [
        f"coalesce(sum({c.name}), 0) as sum_{c.name}" for c in contract.columns if c.unit == "kr"
    ]
    return ", ".join(["count(*) as rows", *sums])


def _objection(result: CheckResult) -> str:
    seen = "; ".join(", ".join(f"{k} {v}" for k, v in row.items()) for row in result.failing_rows)
    return f"{result.check_id}: {result.says} Found: {seen or result.error}"
