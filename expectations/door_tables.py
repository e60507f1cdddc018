"""Write the tables for the door's checks of a submitted file into a separate database.

- ``door.file`` has the accepted rows of the file, each with its line.
- ``door.counts`` has the numbers of rows read and rejected, and the lines of the rejected rows.
- ``door.earlier`` has the reporter's rows for other periods.
- ``door.replaced`` has the rows that count now, if the file is a correction that replaces them.
- ``door.refused_amounts`` has, for each column, the amounts in refused rows of the file and of the
  load that the file replaces.
- ``door.applied`` has, for decisions, the amounts applied for in the call.
- ``door.others`` has the subjects on which other reporters report for the period.
- ``door.activities`` has the reporter's activities of the period.
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
    """Earlier loads and their Parquet files, grouped by the comparison that uses them."""

    own: dict[str, list[str]] = field(default_factory=dict)
    replaced: list[Load] = field(default_factory=list)
    replaced_rows: list[str] = field(default_factory=list)
    applications: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    activities: list[str] = field(default_factory=list)


def sort_loads(home: Home, submission: Submission, loads: Sequence[Load]) -> EarlierLoads:
    """Group the loads that count by the comparison that uses them.

    Erased loads are left out, because they have no rows.
    """
    earlier = EarlierLoads()
    for load in (x for x in loads if not x.erased):
        rows = str(raw_zone.folder(home, load.dataset, load.load_id) / raw_zone.DATA)
        is_own = load.reporter == submission.reporter
        is_now = load.period == submission.period
        if load.dataset == submission.dataset and is_own and not is_now:
            earlier.own.setdefault(load.period, []).append(rows)
        elif load.dataset == submission.dataset and is_own:
            earlier.replaced.append(load)
            earlier.replaced_rows.append(rows)
        elif load.dataset == submission.dataset and is_now:
            earlier.others.append(rows)
        elif load.dataset == "applications" and submission.dataset == "decisions" and is_now:
            earlier.applications.append(rows)
        elif load.dataset == "activities" and is_now and is_own:
            earlier.activities.append(rows)
    return earlier


def write_tables(
    database: Path, checked: CheckedFile, contract: Contract, earlier: EarlierLoads
) -> None:
    """Write the tables that the module's docstring lists into a new database."""
    columns, subject = _columns(contract), contract.subject
    with duckdb.connect(str(database)) as connection:
        connection.execute("create schema door")
        connection.register("checked_rows", checked.rows)
        connection.execute(f"create table door.file as select {columns}, line from checked_rows")
        connection.execute(
            "create table door.counts as "
            "select $read as rows_read, $rejected as rows_rejected, $lines as lines, "
            "cast($replaced as bigint) as rows_replaced",
            {
                "replaced": _rows_replaced(earlier.replaced),
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
        connection.execute(f"create table door.replaced as select {columns} from door.file limit 0")
        if earlier.replaced_rows:
            connection.execute(
                f"insert into door.replaced select {columns} from read_parquet($rows)",
                {"rows": earlier.replaced_rows},
            )
        _write_refused_amounts(connection, checked, earlier.replaced)
        _write_applications(connection, earlier.applications)
        _write_ids(connection, "others", subject, earlier.others)
        _write_ids(connection, "activities", "activity_id", earlier.activities)


def _rows_replaced(replaced: Sequence[Load]) -> int | None:
    """The number of rows in the replaced load, including refused rows."""
    full = [load.rows_read for load in replaced if not load.partial]
    return full[-1] if full else None


def _write_refused_amounts(
    connection: duckdb.DuckDBPyConnection, checked: CheckedFile, replaced: Sequence[Load]
) -> None:
    connection.execute(
        "create table door.refused_amounts "
        "(column_name varchar, here decimal(38, 2), replaced decimal(38, 2))"
    )
    here = checked.refused.get("amounts", {})
    before: dict[str, str] = {}
    for load in replaced:
        before |= load.about.get("refused", {}).get("amounts", {})
    for column in sorted({*here, *before}):
        connection.execute(
            "insert into door.refused_amounts values (?, ?, ?)",
            [column, here.get(column, "0"), before.get(column, "0")],
        )


def _write_applications(connection: duckdb.DuckDBPyConnection, rows: list[str]) -> None:
    connection.execute(
        "create table door.applied (organisation_id varchar, grant_type varchar, "
        "applied_amount_kr decimal(18, 2))"
    )
    if rows:
        connection.execute(
            "insert into door.applied by name select organisation_id, grant_type, "
            "applied_amount_kr from read_parquet($rows)",
            {"rows": rows},
        )


def _write_ids(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, rows: list[str]
) -> None:
    connection.execute(f"create table door.{table} ({column} varchar)")
    if rows:
        connection.execute(
            f"insert into door.{table} select distinct {column} from read_parquet($rows)",
            {"rows": rows},
        )


#: Columns that only one check needs: (dataset, column).
_NEEDED = {("participants", "activity_id"), ("decisions", "grant_type")}


def _columns(contract: Contract) -> str:
    """List the columns that checks need: subject, codes, amounts, and those in :data:`_NEEDED`."""
    needed = [
        c.name
        for c in contract.columns
        if c.allowed
        or c.unit == "kr"
        or c.name == contract.subject
        or (contract.dataset, c.name) in _NEEDED
    ]
    return ", ".join(f'"{name}"' for name in needed)
