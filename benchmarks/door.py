"""Time the door on a million participants as CSV and a hundred thousand as XLSX.

Run it with ``make bench-door``. The door is compared with plain readers: DuckDB reads the CSV file
with the contract's types, and calamine reads the XLSX file. The door and the plain reader take
turns. Each reading has a separate process, whose start is not timed.
"""

import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas  # noqa: F401 - Arrow loads it at its first array; loading is part of the start
import xlsxwriter
from python_calamine import CalamineWorkbook

from klynge import checkout
from klynge.intake.checking import check_file, read_registers
from klynge.intake.contracts import read_contracts
from klynge.intake.formats import csv_files, workbooks  # noqa: F401 - loaded when first needed
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.reference.seeds import shipped_reference

CSV_ROWS, XLSX_ROWS, TURNS = 1_000_000, 100_000, 5
#: TIMES: the door may take at most this many times the time of the plain reader.
#: GIGABYTES: the peak memory may be at most this many GB.
TIMES, GIGABYTES = 3.0, 2.0

#: On average, a participant takes part three times. One participant in five is a knowledge
#: institution.
PARTICIPANTS = """
    with numbered as (
        select i, i % 5 = 0 as institution, 10000000 + i * 7919 % 333337 as cvr
        from range({rows}) as numbers (i)
    )
    select
        'made' as organisation_id,
        '2021-' || lpad(cast(i // 25 as varchar), 5, '0') as activity_id,
        cast(cvr as varchar) as participant_id,
        'DK' as country,
        if(institution, 'knowledge_institution', 'company') as participant_type,
        if(institution, 'university', null) as institution_type,
        case when institution then null when i % 3 = 0 then '50_to_249' else 'under_50' end
            as size_band,
        if(institution, null, 'private_limited_company') as legal_form,
        if(institution, null, lpad(cast(i * 31 % 990000 as varchar), 6, '0')) as industry_code,
        if(institution, null, 'DB07') as industry_code_version,
        case when institution then null when i % 7 = 0 then 'ja' else 'nej' end as startup,
        1 + i % 4 as persons
    from numbered
    order by i
"""
PARTICIPANT = read_contracts(checkout.CONTRACTS)["participants"]


def write_csv(path: Path) -> None:
    """Write a million participants as CSV in the contract's dialect."""
    duckdb.sql(PARTICIPANTS.format(rows=CSV_ROWS)).write_csv(str(path), sep=";")


def write_xlsx(path: Path) -> None:
    """Write a hundred thousand participants to one sheet of a workbook."""
    rows = duckdb.sql(PARTICIPANTS.format(rows=XLSX_ROWS))
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet("participants")
        sheet.write_row(0, 0, rows.columns)
        for number, row in enumerate(rows.fetchall(), start=1):
            sheet.write_row(number, 0, row)


def read_by_duckdb(path: Path) -> int:
    """Read the file into a table with the contract's types; return the number of rows."""
    # DuckDB does not read "ja" and "nej" as booleans, so these columns are read as text
    types = {
        c.name: "varchar" if c.sql_type == "boolean" else c.sql_type for c in PARTICIPANT.columns
    }
    with duckdb.connect() as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(
            f"create table participants as from read_csv(?, delim = ';', columns = {types})",
            [str(path)],
        )
        [[rows]] = connection.execute("select count(*) from participants").fetchall()
    return int(rows)


def read_by_calamine(path: Path) -> int:
    """Read the sheet with calamine; return the number of rows."""
    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()) - 1


def check(path: Path) -> int:
    """Check the file as the door does, with pseudonyms; return the number of accepted rows."""
    checked = check_file(
        path,
        PARTICIPANT,
        period="2021",
        organisation_id="made",
        registers=read_registers(shipped_reference(), [PARTICIPANT]),
        key=SAMPLE_KEY,
    )
    return checked.rows.num_rows


def measured(task: Callable[[Path], int], path: Path, rows: int) -> tuple[float, float]:
    """Run a task in this process; return its seconds and the peak memory in gigabytes."""
    began = time.perf_counter()
    found = task(path)
    seconds = time.perf_counter() - began
    if found != rows:
        raise SystemExit(f"{task.__name__}: {found:,} rows of {rows:,}")
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def compare(bare: Callable[[Path], int], path: Path, rows: int) -> bool:
    """Print the times of the door and the plain reader; return whether the door meets its aims."""
    seconds: dict[str, list[float]] = {bare.__name__: [], check.__name__: []}
    peak = 0.0
    for _ in range(TURNS):
        for task in (bare, check):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                took, gigabytes = pool.apply(measured, (task, path, rows))
            seconds[task.__name__].append(took)
            peak = max(peak, gigabytes)
    medians = [statistics.median(values) for values in seconds.values()]
    times = medians[1] / medians[0]
    print(f"{path.suffix[1:]} of {rows:,} rows, median of {TURNS}: {bare.__name__} "
          f"{medians[0]:.2f} s, check_file {medians[1]:.2f} s: {times:.1f} times "
          f"(aim {TIMES:.0f}), peak {peak:.2f} GB (aim {GIGABYTES:.0f})")  # fmt: skip
    return times <= TIMES and peak <= GIGABYTES


def main() -> None:
    """Write both files, time the readings, and exit with code 1 if an aim is missed."""
    with tempfile.TemporaryDirectory() as folder:
        csv, xlsx = Path(folder) / "participants.csv", Path(folder) / "participants.xlsx"
        write_csv(csv)
        write_xlsx(xlsx)
        kept = [
            compare(read_by_duckdb, csv, CSV_ROWS),
            compare(read_by_calamine, xlsx, XLSX_ROWS),
        ]
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
