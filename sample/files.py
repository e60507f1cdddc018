"""Write the sample's files: Python decides the rows, and DuckDB multiplies and writes them."""

from pathlib import Path

import duckdb

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.contracts import Column, Contract, read_contracts
from sample.call import ANNEX_CELLS, CALL, CALL_SEEDS, TARGETS_REPORTED
from sample.solution import Solution, solve
from sample.tables import tables
from sample.targets import CELLS, REFERENCE, YEARS

FOLDER = Path(__file__).parent
FORMATS = ("csv", "parquet")
#: The largest scale. There are too few invented CVR numbers for more replicas.
LARGEST_SCALE = 100

#: The content of the files depends on these reference seeds.
_SEEDS = ("organisations", "industries", *CALL_SEEDS)

#: Dataset -> (its periods, the columns by which its rows are ordered). No columns are named if the
#: rows are already in order.
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


def sample_version() -> str:
    """Hash everything that determines the files: code, choices, contracts, cells and seeds."""
    files = sorted([*FOLDER.glob("*.py"), *FOLDER.glob("*.sql"), *FOLDER.glob("*.yml")])
    contracts = sorted(checkout.CONTRACTS.glob("*.yaml"))
    reference = [REFERENCE / f"{seed}.csv" for seed in _SEEDS]
    return checkout.hash_files([*files, *contracts, CELLS, ANNEX_CELLS, *reference])


def write_sample_files(
    folder: Path, scale: int = 1, seed: int = 0, file_format: str = "csv"
) -> list[Path]:
    """Write the sample's files ``<dataset>_<period>.csv`` into a folder; return their paths.

    ``scale`` is the number of replicas of activities, participants and companies. Each replica has
    its own ids. Only scale 1 gives the printed tables. Raises :class:`InputError` for an unknown
    scale or format.
    """
    if not 1 <= scale <= LARGEST_SCALE:
        raise InputError(
            f"scale {scale} is not possible: the invented CVR numbers suffice for 1 to "
            f"{LARGEST_SCALE} replicas"
        )
    if file_format not in FORMATS:
        raise InputError(f"unknown format {file_format!r}: use {' or '.join(FORMATS)}")
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


def load(connection: duckdb.DuckDBPyConnection, solution: Solution, scale: int) -> None:
    """Create a view ``<dataset>_rows`` for each dataset.

    Each view has the contract's columns, the column ``period`` and the columns to order by.
    """
    for name, table in tables(solution).items():
        connection.register(name, table)
    connection.execute((FOLDER / "identities.sql").read_text(encoding="utf-8"))
    connection.execute(f"set variable replicas = {scale}")
    connection.execute((FOLDER / "datasets.sql").read_text(encoding="utf-8"))


def write(
    connection: duckdb.DuckDBPyConnection, contract: Contract, path: Path, period: int | str
) -> Path:
    """Write the rows of one dataset and period, as CSV in the contract's dialect or as Parquet."""
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
    # write a table first: at large scales, it takes twice as long to copy the query to the file
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
    """Return SQL that writes a column as text in the contract's dialect."""
    dialect = contract.dialect
    if column.logical_type == "boolean":
        true, false = dialect.booleans
        return f"case when {column.name} then '{true}' when not {column.name} then '{false}' end"
    if column.logical_type == "number":
        return f"replace(cast({_typed(column)} as varchar), '.', '{dialect.decimal}')"
    return column.name
