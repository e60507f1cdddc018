"""The sample's files: solved once in plain Python, multiplied and written by DuckDB."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.contracts import Column, Contract, read_contracts
from klynge.seed_files import read_seed
from sample.activities import Activity, plan_types
from sample.attendance import Attendance, attend
from sample.call import (
    ANNEX_CELLS,
    CALL,
    CALL_SEEDS,
    TARGETS_REPORTED,
    application_rows,
    applications,
    decision_rows,
    score_rows,
    target_rows,
)
from sample.members import dues, members
from sample.money import consumed, full_time_equivalents, funding_lines
from sample.participants import cast
from sample.people import Cast, Participant
from sample.register import register
from sample.targets import CELLS, REFERENCE, YEARS, Targets

FOLDER = Path(__file__).parent
FORMATS = ("csv", "parquet")
#: The largest scale for which there are invented numbers enough.
LARGEST_SCALE = 100

#: What is written for each dataset: the periods, and the columns that put its rows in order, where
#: they are not in order by themselves.
DATASETS: dict[str, tuple[tuple[int | str, ...], str]] = {
    "organisations": (YEARS, "organisation_id"),
    "activities": (YEARS, "replica, number"),
    "participants": (YEARS, ""),
    "companies": (YEARS[:1], "replica, number"),
    "memberships": (YEARS, "number"),
    "funding": (YEARS, "organisation_id, funding_line_id"),
    "full_time_equivalents": (YEARS, "organisation_id, staff_funder"),
    "indicator_results": (
        (*YEARS, TARGETS_REPORTED),
        "organisation_id, indicator_id, result_kind",
    ),
    "applications": ((CALL,), ""),
    "criterion_scores": ((CALL,), ""),
    "decisions": ((CALL,), ""),
}


@dataclass(frozen=True)
class Solution:
    """The sample at scale 1, before it is written."""

    targets: Targets
    cast: Cast
    activities: list[Activity]
    attendances: list[Attendance]
    members: dict[str, list[int]]
    seed: int


def sample_version() -> str:
    """A hash of the code, the choices, the contracts and the cells that decide the files."""
    files = sorted([*FOLDER.glob("*.py"), *FOLDER.glob("*.sql"), *FOLDER.glob("*.yml")])
    contracts = sorted(checkout.CONTRACTS.glob("*.yaml"))
    reference = [REFERENCE / f"{seed}.csv" for seed in _SEEDS]
    return checkout.hash_files([*files, *contracts, CELLS, ANNEX_CELLS, *reference])


def sample_files(
    folder: Path, scale: int = 1, seed: int = 0, file_format: str = "csv"
) -> list[Path]:
    """Write the sample's files ``<dataset>_<period>.csv`` into a folder; their paths, in order.

    ``scale`` multiplies activities, participants and companies, each replica with ids of its own;
    the printed tables come out at scale 1. Raises :class:`InputError` for a scale or format that
    cannot be.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise InputError(
            f"scale {scale}: there are invented CVR numbers for 1 to {LARGEST_SCALE} replicas"
        )
    if file_format not in FORMATS:
        raise InputError(f"format {file_format}: say one of {', '.join(FORMATS)}")
    folder.mkdir(parents=True, exist_ok=True)
    contracts = read_contracts(checkout.CONTRACTS)
    with duckdb.connect() as connection:
        load(connection, solve(seed), scale)
        return [
            write(
                connection, contracts[dataset], folder / f"{dataset}_{period}.{file_format}", period
            )
            for dataset, (periods, _) in DATASETS.items()
            for period in periods
        ]


def solve(seed: int) -> Solution:
    """Everything at scale 1; the same for the same seed."""
    targets = Targets()
    plan = plan_types(targets)
    people = cast(targets, plan, seed)
    activities, attendances = attend(targets, plan, people, seed)
    return Solution(targets, people, activities, attendances, members(targets, people, seed), seed)


def load(connection: duckdb.DuckDBPyConnection, solution: Solution, scale: int) -> None:
    """Create a view for each dataset, with the contract's columns, ``period`` and its order's."""
    for name, table in _tables(solution).items():
        connection.register(name, table)
    connection.execute((FOLDER / "identities.sql").read_text(encoding="utf-8"))
    connection.execute(f"set variable replicas = {scale}")
    connection.execute((FOLDER / "datasets.sql").read_text(encoding="utf-8"))


def write(
    connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path, period: int | str
) -> Path:
    """Write one dataset's rows of a period as the contract's CSV, or typed as Parquet."""
    csv, dialect = path.suffix == ".csv", contract.dialect
    columns = ", ".join(
        f"{_as_text(column, contract) if csv else _typed(column)} as {column.name}"
        for column in contract.columns
    )
    options = (
        f"format csv, header, delimiter '{dialect.delimiter}', quote '{dialect.quote}'"
        if csv
        else "format parquet, compression zstd"
    )
    order = DATASETS[contract.dataset][1]
    # made first and then written: in one step DuckDB takes twice the time for many replicas
    connection.execute(
        f"create or replace temp table written as select {columns} "
        f"from {contract.dataset}_rows where period = '{period}' "
        + (f"order by {order}" if order else "")
    )
    connection.execute(f"copy written to $path ({options})", {"path": str(path)})
    return path


def _typed(column: Column) -> str:
    return f"cast({column.name} as {column.sql_type})"


def _as_text(column: Column, contract: Contract) -> str:
    """The column as the contract's dialect writes it."""
    dialect = contract.dialect
    if column.logical_type == "boolean":
        true, false = dialect.booleans
        return f"case when {column.name} then '{true}' when not {column.name} then '{false}' end"
    if column.logical_type == "number":
        return f"replace(cast({_typed(column)} as varchar), '.', '{dialect.decimal}')"
    return column.name


# the tables that the queries in datasets.sql start from

_SEEDS = ("organisations", "industries", *CALL_SEEDS)


def _tables(solution: Solution) -> dict[str, pa.Table]:
    targets = solution.targets
    amounts = consumed(targets)
    return {
        "solved_organisations": _organisations(targets),
        "solved_people": _people(solution.cast.participants),
        "solved_activities": _activities(solution.activities, solution.seed),
        "solved_attendances": _attendances(solution),
        "solved_companies": _companies(solution),
        "solved_members": _members(solution),
        "solved_funding": _table(
            list(funding_lines(targets, amounts)),
            "year organisation_id funding_line_id funding_source funder_id amount_kind "
            "gross_or_net price_basis in_kind validated amount_kr",
        ),
        "solved_staff": _table(
            list(full_time_equivalents(targets, amounts)),
            "year organisation_id staff_funder full_time_equivalents",
        ),
        **_call_tables(),
    }


def _call_tables() -> dict[str, pa.Table]:
    found = applications()
    return {
        "applications_rows": _table(
            list(application_rows(found)),
            "period organisation_id grant_type area_id applied_amount_kr",
        ),
        "criterion_scores_rows": _table(
            list(score_rows(found)),
            "period organisation_id grant_type criterion_id assessor_id score",
        ),
        "decisions_rows": _table(
            list(decision_rows(found)),
            "period organisation_id grant_type outcome recommended_amount_kr decided_on reason",
        ),
        "solved_call_targets": _table(
            list(target_rows(found)),
            "period organisation_id indicator_id year result_kind accumulation value",
        ),
    }


def _table(rows: list[tuple[Any, ...]], names: str) -> pa.Table:
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(names.split(), map(pa.array, columns), strict=True)))


def _organisations(targets: Targets) -> pa.Table:
    names = {
        row["organisation_id"]: row["name"] for row in read_seed(REFERENCE / "organisations.csv")
    }
    rows = [(i, o, names[o], targets.areas[o]) for i, o in enumerate(targets.organisations)]
    return _table(rows, "number organisation_id name area_id")


def _people(participants: list[Participant]) -> pa.Table:
    danish = 0
    rows = []
    for number, p in enumerate(participants):
        at_home = p.country == "DK"
        rows.append(
            (
                number,
                danish if at_home else None,
                p.participant_type,
                p.country,
                p.institution_type,
                p.size_band,
                p.legal_form,
                p.industry_code,
                p.startup,
            )
        )
        danish += at_home
    return _table(
        rows,
        "number danish_number participant_type country institution_type size_band legal_form "
        "industry_code startup",
    )


def _activities(activities: list[Activity], seed: int) -> pa.Table:
    random = Random(f"{seed}/days")
    rows = []
    counts: dict[tuple[str, int], int] = {}
    for number, a in enumerate(activities):
        counts[a.organisation, a.year] = nth = counts.get((a.organisation, a.year), 0) + 1
        start = date(a.year, 1, 1) + timedelta(days=random.randrange(365))
        days = 180 if a.activity_type == "collaboration_project" else 0
        rows.append(
            (
                number,
                a.year,
                a.organisation,
                f"{a.year}-{nth:04d}",
                a.activity_type,
                f"Opdigtet aktivitet {nth}",
                start,
                start + timedelta(days=days),
                a.cluster_grant_funded,
            )
        )
    return _table(
        rows,
        "number year organisation_id activity_id activity_type title start_date end_date "
        "cluster_grant_funded",
    )


def _attendances(solution: Solution) -> pa.Table:
    random = Random(f"{solution.seed}/persons")
    activity, person = zip(*sorted(solution.attendances), strict=True)
    persons = [1 + int(3 * random.random() ** 3) for _ in activity]
    return pa.table(
        {
            "attendance": pa.array(range(len(activity))),
            "activity": pa.array(activity),
            "person": pa.array(person),
            "persons": pa.array(persons),
        }
    )


def _companies(solution: Solution) -> pa.Table:
    outsiders = 0
    rows = []
    for number, company in enumerate(register(solution.targets, solution.cast, solution.seed)):
        person, *rest = company
        rows.append((number, person, outsiders if person is None else None, *rest))
        outsiders += person is None
    return _table(
        rows,
        "number person outsider area_id industry_role employees exports turnover_kr industry_code",
    )


def _members(solution: Solution) -> pa.Table:
    random = Random(f"{solution.seed}/membership_years")
    yearly = dues(solution.targets, solution.members)
    rows = []
    for organisation, found in solution.members.items():
        for person in found:
            first = random.choice((2021, 2021, 2021, 2022, 2023))
            rows += [
                (year, organisation, person, Decimal(yearly[organisation]))
                for year in YEARS
                if year >= first
            ]
    numbered = [(number, *row) for number, row in enumerate(sorted(rows, key=lambda r: r[:3]))]
    return _table(numbered, "number year organisation_id person dues_kr")
