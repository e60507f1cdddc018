"""The tables with which the door checks a submitted file, in a separate database.

- ``door.file``: the accepted rows of the file, each with its line;
- ``door.counts``: the numbers of rows read and rejected, and the lines of rejected rows;
- ``door.earlier``: the reporter's rows for other periods;
- ``door.others``: the subjects on which other reporters report for the period;
- ``door.activities``: the reporter's activities of the period.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from klynge import raw_zone
from klynge.home import Home
from klynge.intake.checking import CheckedFile
from klynge.intake.contracts import Contract
from klynge.intake.refused import name_lines
from klynge.intake.submissions import Submission
from klynge.raw_zone import Load


@dataclass
class EarlierLoads:
    """Parquet files of earlier loads, grouped by the comparison that uses them."""

    own: dict[str, list[str]] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    activities: list[str] = field(default_factory=list)


def sort_loads(home: Home, submission: Submission, loads: Sequence[Load]) -> EarlierLoads:
    """Sort the loads that count: the reporter's own by period, other reporters', activities.

    An erased load counts, but has no rows to compare with.
    """
    earlier = EarlierLoads()
    for load in (x for x in loads if not x.erased):
        rows = str(raw_zone.folder(home, load.dataset, load.load_id) / raw_zone.DATA)
        is_own = load.reporter == submission.reporter
        is_now = load.period == submission.period
        if load.dataset == submission.dataset and is_own and not is_now:
            earlier.own.setdefault(load.period, []).append(rows)
        elif load.dataset == submission.dataset and is_now and not is_own:
            earlier.others.append(rows)
        elif load.dataset == "activities" and is_now and is_own:
            earlier.activities.append(rows)
    return earlier


def write_tables(
    database: Path, checked: CheckedFile, contract: Contract, earlier: EarlierLoads
) -> None:
    """Write the tables of the module's description into a new database."""
    columns, subject = _columns(contract), contract.subject
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema door")
        connection.register("checked_rows", checked.rows)
        connection.execute(f"create table door.file as select {columns}, line from checked_rows")
        connection.execute(
            "create table door.counts as "
            "select $read as rows_read, $rejected as rows_rejected, $lines as lines",
            {
                "read": checked.rows_read,
                "rejected": checked.rows_rejected,
                "lines": name_lines(checked.refused.get("lines", []), checked.rows_rejected),
            },
        )
        connection.execute(
            f"create table door.earlier as select '' as period, {columns} from door.file limit 0"
        )
        for period, rows in earlier.own.items():
            connection.execute(
                f"insert into door.earlier select $period, {columns} from read_parquet($rows)",
                {"period": period, "rows": rows},
            )
        _write_ids(connection, "others", subject, earlier.others)
        _write_ids(connection, "activities", "activity_id", earlier.activities)


def _write_ids(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, rows: list[str]
) -> None:
    connection.execute(f"create table door.{table} ({column} varchar)")
    if rows:
        connection.execute(
            f"insert into door.{table} select distinct {column} from read_parquet($rows)",
            {"rows": rows},
        )


def _columns(contract: Contract) -> str:
    """The columns that checks need: subject, codes, amounts, and a participant's activity."""
    needed = [
        c.name
        for c in contract.columns
        if c.allowed
        or c.unit == "kr"
        or c.name == contract.subject
        or (contract.dataset, c.name) == ("participants", "activity_id")
    ]
    return ", ".join(f'"{name}"' for name in needed)
