"""Time the gate, and measure its peak memory, for 30 expectations on 5 million rows.

Run it with ``make bench-gate``. A separate process writes the table, so that the peak memory is
that of the checks. Imports are not timed, because a nightly run imports each module only once.
"""

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
from great_expectations import expectations as gx
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.expectation import Expectation

from expectations.checkpoint import run_checkpoint
from expectations.declaration import build_suite
from expectations.results import describe

ROWS = 5_000_000
#: The checks together may take SECONDS. The process may use GIGABYTES of memory at its peak.
SECONDS, GIGABYTES = 10.0, 1.0
TABLE = "core.fct_participants"

#: Every 500,000th participant pays more than the activity costs, so one rule is broken.
PARTICIPANTS = f"""
    create schema core;
    create table {TABLE} as
    select
        'load_' || i // 100000 || '#' || i as source_row_key,
        'organisation_' || i % 14 as organisation_id,
        2021 + i % 3 as year,
        case when i % 7 > 0 then lpad(cast(i % 400009 as varchar), 8, '0') end as company_id,
        i * 7919 % 500 as employees,
        cast(i % 4000 + 0.25 as decimal(18, 2)) as cost_kr,
        cast(if(i % 500000 = 7, 9000, i % 4000) as decimal(18, 2)) as paid_kr
    from range({ROWS}) as numbers (i);
"""
RULES = (
    "select source_row_key from {batch} where paid_kr > cost_kr",
    "select source_row_key from {batch} where cost_kr < 0 or paid_kr < 0",
    "select source_row_key from {batch} where (employees >= 0) is not true",
    "select source_row_key from {batch} where source_row_key not like 'load\\_%' escape '\\'",
    """
        select organisation_id, year, min(source_row_key) as source_row_key
        from {batch} group by organisation_id, year having sum(paid_kr) > sum(cost_kr)
    """,
    """
        select company_id, min(source_row_key) as source_row_key
        from {batch} where company_id is not null group by company_id having count(*) > 20
    """,
)


def write_table(database: Path) -> None:
    """Write five million participants to a table in a DuckDB file."""
    with duckdb.connect(str(database)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(PARTICIPANTS)


def ready_made() -> Iterator[tuple[Expectation, str]]:
    """Yield expectations, each with the plain SQL expression that answers the same question."""
    columns = ("source_row_key", "organisation_id", "year", "employees", "cost_kr", "paid_kr")
    for column in columns:
        yield gx.ExpectColumnValuesToNotBeNull(column=column), f"count(*) - count({column})"
    ranges = {"year": (2021, 2023), "employees": (0, 499), "cost_kr": (0, 4000)}
    for column, (least, most) in ranges.items():
        bounds = {"column": column, "min_value": least, "max_value": most}
        outside = f"count(*) filter (not {column} between {least} and {most})"
        yield gx.ExpectColumnValuesToBeBetween(**bounds), outside
        yield gx.ExpectColumnMinToBeBetween(**bounds), f"min({column})"
        yield gx.ExpectColumnMaxToBeBetween(**bounds), f"max({column})"
        yield gx.ExpectColumnMeanToBeBetween(**bounds), f"avg({column})"
    yield gx.ExpectTableRowCountToEqual(value=ROWS), "count(*)"
    keys = "count(source_row_key) - count(distinct source_row_key)"
    yield gx.ExpectColumnValuesToBeUnique(column="source_row_key"), keys
    ids = [f"organisation_{i}" for i in range(14)]
    known = {"column": "organisation_id", "value_set": ids}
    unknown = f"count(*) filter (organisation_id not in {tuple(ids)})"
    yield gx.ExpectColumnValuesToBeInSet(**known), unknown
    yield gx.ExpectColumnDistinctValuesToBeInSet(**known), "list(distinct organisation_id)"
    share = gx.ExpectColumnProportionOfNonNullValuesToBeBetween(column="company_id", min_value=0.8)
    yield share, "count(company_id) / count(*)"
    lengths = gx.ExpectColumnValueLengthsToEqual(column="company_id", value=8)
    yield lengths, "count(*) filter (length(company_id) <> 8)"


def suite() -> ExpectationSuite:
    """Build the suite of typed expectations and SQL rules; the first rule is broken."""
    typed = [expectation for expectation, _ in ready_made()]
    rules = [
        gx.UnexpectedRowsExpectation(
            unexpected_rows_query=rule, meta={"check_id": f"rule_{number}"}
        )
        for number, rule in enumerate(RULES)
    ]
    return build_suite(TABLE, [*typed, *rules], keys=("source_row_key",))


def plain_seconds(database: Path) -> float:
    """Run the same checks in DuckDB alone, one query for each; return the seconds."""
    questions = [f"select {asked} from {TABLE}" for _, asked in ready_made()]
    questions += [f"select count(*) from ({rule.format(batch=TABLE)})" for rule in RULES]
    with duckdb.connect(database, read_only=True) as connection:
        began = time.perf_counter()
        for question in questions:
            connection.execute(question).fetchall()
        return time.perf_counter() - began


def main() -> None:
    """Write the table, check it, print time and memory; exit with code 1 if an aim is missed."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "klyngedata.duckdb"
        writer = multiprocessing.get_context("spawn").Process(target=write_table, args=(database,))
        writer.start()
        writer.join()
        began = time.perf_counter()
        results = list(describe(run_checkpoint(database, "gate", [suite()])))
        seconds = time.perf_counter() - began
        gigabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        plain = plain_seconds(database)
    if [r.check_id for r in results if not r.passed] != ["rule_0"]:
        sys.exit("\n".join(str(r) for r in results if not r.passed))
    print(f"{len(results)} expectations on {ROWS:,} rows: {seconds:.1f} s (aim {SECONDS:.0f}), "
          f"peak memory {gigabytes:.2f} GB (aim {GIGABYTES:.0f})")  # fmt: skip
    print(f"{seconds / plain:.1f} times the {plain:.1f} s that DuckDB alone takes to answer them")
    sys.exit(seconds > SECONDS or gigabytes > GIGABYTES)


if __name__ == "__main__":
    main()
