"""Build many histories in one database.

Each history has its own basis, such as ``reported-17``.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from klynge import checkout, raw_zone
from klynge.home import Home
from klynge.intake.contracts import Contract, read_contracts
from klynge.intake.submissions import which_loads_count
from klynge.lineage.models import CompiledModels
from klynge.lineage.workspace import run_models, workspace
from klynge.print.documents import land_documents
from klynge.raw_zone import Load
from klynge.releases.rebuilding import write_reference
from klynge.warehouse.raw_tables import BuildInputs, write_raw_tables
from tests.completeness.files import Row
from tests.completeness.histories import History, expected_of, loads_of

EVALUATION = "evaluation."


@contextmanager
def build_worlds(
    models: CompiledModels, home: Home, histories: Sequence[History]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Build the evaluation marts of all histories; give a connection to them."""
    contracts = read_contracts(checkout.CONTRACTS)
    printed = land_documents(home, checkout.SEEDS)
    with workspace() as connection:
        connection.execute("create schema raw")
        for number, history in enumerate(histories):
            _add_history(connection, home, contracts, printed, number, history)
        write_reference(connection, checkout.SEEDS / "reference", models.seeds)
        wanted = [name for name in models if name.startswith(EVALUATION)]
        run_models(connection, models.build_plan(set(), wanted))
        yield connection


def _add_history(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    contracts: dict[str, Contract],
    printed: list[Load],
    number: int,
    history: History,
) -> None:
    ledger = []
    for load, rows in loads_of(history):
        ledger.append(load)
        raw_zone.write_load(home, load, table_of(load, rows, contracts[load.dataset]))
    inputs = BuildInputs(
        [*printed, *which_loads_count(ledger)], contracts, ledger, expected_of(history)
    )
    with duckdb.connect() as own:
        own.execute("set TimeZone = 'UTC'")
        write_raw_tables(own, home, inputs)
        tables = own.execute("select table_name from duckdb_tables()").fetchall()
        for (table,) in tables:
            found = own.execute(f"from raw.{table}").to_arrow_table()
            if number == 0:
                connection.execute(f"create table raw.{table} as from found limit 0")
            if "basis" in found.column_names:
                names = set(found.column_names)
                replaced = [f"basis || if(basis = 'published', '', '-{number}') as basis"]
                replaced += [
                    f"if(basis = 'published', {c}, '{number}.' || {c}) as {c}"
                    for c in ("load_id", "source_row_key")
                    if c in names
                ]
                where = "" if number == 0 else "where basis <> 'published'"
                connection.execute(
                    f"insert into raw.{table} by name "
                    f"select * replace ({', '.join(replaced)}) from found {where}"
                )
            elif number == 0:
                connection.execute(f"insert into raw.{table} by name from found")


def table_of(load: Load, rows: list[Row], contract: Contract) -> pa.Table:
    """Return the rows of a load as the raw zone stores them."""
    names = [column.name for column in contract.columns]
    keyed = {"source_row_key": [f"{load.load_id}#{n}" for n in range(1, len(rows) + 1)]}
    columns = keyed | {name: [row.get(name) for row in rows] for name in names}
    if not rows:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    return pa.table(columns)
