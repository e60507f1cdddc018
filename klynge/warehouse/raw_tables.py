"""Start a build: create a new database with the raw tables from an explicit list of loads."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import duckdb

from klynge import checkout, quality, raw_zone
from klynge.danish_time import danish_day
from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import Contract
from klynge.intake.objections import split_objection
from klynge.intake.submissions import ExpectedSubmission, version_order
from klynge.lineage.workspace import string_literal
from klynge.messages import Language
from klynge.print import documents
from klynge.raw_zone import Load
from klynge.warehouse.column_lineage import create_table
from klynge.warehouse.quality_history import write_history
from klynge.warehouse.reporting import write_reporting_tables

#: Maps a dataset of a document to its columns with whole numbers. All other columns are text.
_WHOLE_NUMBERS = {
    documents.CELLS: ("line", "last_line", "occurrence"),
    documents.CLAIMS: ("line", "last_line"),
    documents.CLAIM_TERMS: (),
}

_DOCUMENTS = """
create table raw.documents as
select
    about ->> 'document_id' as document_id,
    about ->> 'role' as document_role,
    about ->> 'series_id' as series_id,
    about ->> 'title' as title,
    about ->> 'publisher' as publisher,
    about ->> 'published' as published,
    about ->> 'isbn' as isbn,
    about ->> 'language' as language,
    about ->> 'file_name' as file_name,
    about ->> 'sha256' as sha256,
    cast(about ->> 'lines' as integer) as line_count,
    about ->> 'covers' as covers,
    about ->> 'headline_cell_id' as headline_cell_id
from raw.loads
where dataset = 'published_cells'
"""

_DOCUMENT_TABLES = """
create table raw.document_tables as
select
    document_id,
    one ->> 'table_id' as table_id,
    one ->> 'role' as table_role,
    one ->> 'title' as title,
    one ->> 'kind' as kind,
    cast(one ->> 'first_line' as integer) as first_line,
    cast(one ->> 'last_line' as integer) as last_line
from (
    select about ->> 'document_id' as document_id, unnest(cast(about -> 'tables' as json[])) as one
    from raw.loads
    where dataset = 'published_cells'
)
"""

#: The columns of ``raw.loads`` are the fields of a load, in the same order.
_LOADS = """
create table raw.loads (
    load_id varchar, dataset varchar, reporter varchar, period varchar,
    correction_no integer, basis varchar, contract_version varchar, files json,
    rows_read bigint, rows_loaded bigint, rows_rejected bigint, rows_held bigint,
    received_at timestamptz, accepted_by varchar, accepted_because varchar, about json,
    partial boolean, retain_until date
)
"""

#: Every table of submitted rows begins with these columns. The columns of its contract follow.
_ORIGIN = {
    "source_row_key": "varchar",
    "load_id": "varchar",
    "reporter": "varchar",
    "period": "varchar",
    "correction_no": "integer",
    "basis": "varchar",
}

_LEDGER = """
create table raw.ledger (
    load_id varchar, dataset varchar, reporter varchar, period varchar,
    correction_no integer, partial boolean, basis varchar, state varchar,
    rows_read bigint, rows_loaded bigint, rows_rejected bigint, rows_held bigint,
    received_at timestamptz, received_on date, retain_until date,
    objection_count integer, decision json, withdrawal json, set_aside json, erasure json,
    refused_amount_kr decimal(18, 2)
)
"""
_OBJECTIONS = """
create table raw.load_objections (
    load_id varchar, objection_no integer, check_id varchar,
    objection_en varchar, objection_da varchar
)
"""

#: The JSON columns of ``raw.ledger``, which are named as in ``Load.about``.
_LEDGER_NOTES = (
    raw_zone.DECISION,
    raw_zone.WITHDRAWAL,
    raw_zone.SET_ASIDE,
    raw_zone.ERASURE,
)


@dataclass(frozen=True)
class BuildInputs:
    """The inputs of a build, besides reference data and models.

    ``loads`` are the loads that count. ``ledger`` has all loads ever received. ``expected`` are the
    expected submissions. A submission that is due at the time of the build is marked.
    """

    loads: Sequence[Load]
    contracts: Mapping[str, Contract]
    ledger: Sequence[Load]
    expected: Sequence[ExpectedSubmission]


def start_build(home: Home, inputs: BuildInputs) -> None:
    """Delete the last build, and start a new build with raw tables at ``home.database``."""
    for stale in home.build.glob("klyngedata.duckdb*"):
        stale.unlink()
    with duckdb.connect(str(home.database)) as connection:
        write_raw_tables(connection, home, inputs)
        write_history(connection, quality.every_run(home))


def replace_raw_tables(home: Home, tables: Sequence[str], inputs: BuildInputs) -> None:
    """Replace some tables of the schema ``raw`` in the build at ``home.database``.

    All other tables stay as they are. If there is no build yet, a new build is started.
    """
    with duckdb.connect() as connection:
        write_raw_tables(connection, home, inputs)
        write_history(connection, quality.every_run(home))
        connection.execute(f"attach {string_literal(home.database)} as build")
        connection.execute("create schema if not exists build.raw")
        for table in tables:
            connection.execute(f"create or replace table build.raw.{table} as from raw.{table}")


def write_raw_tables(
    connection: duckdb.DuckDBPyConnection, home: Home, inputs: BuildInputs
) -> None:
    """Write the schema ``raw`` into the current database, except the history of checks.

    - ``raw.loads``: one row per load that the build uses, with the roles of its document;
    - ``raw.ledger``: one row per load ever received;
    - ``raw.load_objections``: one row per objection to a load, in words;
    - ``raw.documents``: one row per document; ``raw.document_tables``: one row per table of a
      document;
    - ``raw.published_cells``: one row per transcribed cell; ``raw.published_claims``: one row per
      claim; ``raw.published_claim_terms``: one row per term of a claim;
    - ``raw.<dataset>``: one row per submitted row that no correction has replaced;
    - ``raw.expected_submissions``, ``raw.load_subjects``, ``raw.load_areas``: see
      :func:`~klynge.warehouse.reporting.write_reporting_tables`;
    - ``raw.column_lineage``: empty at first.

    Raises :class:`InputError` if a load was read with a newer version of its contract.
    """
    loads = documents.complete_roles(inputs.loads, checkout.SEEDS)
    connection.execute("create schema raw")
    _write_loads(connection, loads)
    _write_ledger(connection, inputs.ledger)
    _write_objections(connection, inputs.ledger)
    for dataset in _WHOLE_NUMBERS:
        _write_published(connection, home, loads, dataset)
    connection.execute(_DOCUMENTS)
    connection.execute(_DOCUMENT_TABLES)
    create_table(connection)
    for contract in inputs.contracts.values():
        _write_submitted(connection, home, loads, contract)
    write_reporting_tables(connection, inputs.expected, inputs.contracts)


def read_loads(connection: duckdb.DuckDBPyConnection) -> list[Load]:
    """Return the loads from which the raw tables of the current database were made."""
    connection.execute("set TimeZone = 'UTC'")
    rows = connection.sql("from raw.loads").to_arrow_table().to_pylist()
    return [
        Load(
            **{
                **row,
                "files": json.loads(row["files"]),
                "about": json.loads(row["about"]),
                "received_at": row["received_at"].isoformat(timespec="milliseconds"),
                "retain_until": row["retain_until"] and row["retain_until"].isoformat(),
            }
        )
        for row in rows
    ]


def _write_ledger(connection: duckdb.DuckDBPyConnection, ledger: Sequence[Load]) -> None:
    """All loads, including those that do not count."""
    connection.execute(_LEDGER)
    connection.executemany(
        f"insert into raw.ledger values ({', '.join('?' * 21)})",
        [
            [
                load.load_id,
                load.dataset,
                load.reporter,
                load.period,
                load.correction_no,
                load.partial,
                load.basis,
                load.state,
                load.rows_read,
                load.rows_loaded,
                load.rows_rejected,
                load.rows_held,
                load.received_at,
                danish_day(datetime.fromisoformat(load.received_at)),
                load.retain_until,
                len(load.about.get(raw_zone.OBJECTIONS, ())),
                *(
                    json.dumps(load.about[key], ensure_ascii=False) if key in load.about else None
                    for key in _LEDGER_NOTES
                ),
                _refused_amount(load),
            ]
            for load in ledger
        ],
    )


def _write_objections(connection: duckdb.DuckDBPyConnection, ledger: Sequence[Load]) -> None:
    """The objections to all loads, in both languages, in the order of the ledger."""
    connection.execute(_OBJECTIONS)
    rows = [
        (load.load_id, number, check_id, sentence.text(Language.en), sentence.text(Language.da))
        for load in ledger
        for number, objection in enumerate(load.about.get(raw_zone.OBJECTIONS, ()), start=1)
        for check_id, sentence in [split_objection(objection)]
    ]
    if rows:
        connection.executemany("insert into raw.load_objections values (?, ?, ?, ?, ?)", rows)


def _refused_amount(load: Load) -> Decimal | None:
    """Return the sum of the kroner in refused rows; None if no amount could be read."""
    amounts = load.about.get("refused", {}).get("amounts", {})
    return sum(map(Decimal, amounts.values()), Decimal()) if amounts else None


def _write_loads(connection: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    connection.execute(_LOADS)
    connection.executemany(
        f"insert into raw.loads values ({', '.join('?' * 18)})",
        [
            [
                json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v
                for v in vars(load).values()
            ]
            for load in loads
        ],
    )


def _write_published(
    connection: duckdb.DuckDBPyConnection, home: Home, loads: Sequence[Load], dataset: str
) -> None:
    """Create ``raw.<dataset>`` for a dataset of documents, ordered by source row key."""
    connection.execute(
        f"create table raw.{dataset} as from read_parquet($files) order by source_row_key",
        {"files": _files(home, loads, dataset)},
    )
    for column in _WHOLE_NUMBERS[dataset]:
        connection.execute(f"alter table raw.{dataset} alter {column} type integer")


def _write_submitted(
    connection: duckdb.DuckDBPyConnection, home: Home, loads: Sequence[Load], contract: Contract
) -> None:
    """Create ``raw.<dataset>`` from the rows that count, with the types of the contract.

    A row of a partial correction replaces the earlier row with the same key. The door has checked
    that each key occurs only once in a file.
    """
    types = {**_ORIGIN, **{column.name: column.sql_type for column in contract.columns}}
    columns = ", ".join(f'"{name}" {sql_type}' for name, sql_type in types.items())
    connection.execute(f"create table raw.{contract.dataset} ({columns})")
    of_dataset = [load for load in loads if load.dataset == contract.dataset]
    _require_known_version(of_dataset, contract)
    files = _files(home, [load for load in of_dataset if not load.erased], contract.dataset)
    if not files:
        return
    key = ", ".join(f'"{name}"' for name in ("reporter", "period", *contract.key))
    connection.execute(
        f"""
        insert into raw.{contract.dataset} by name
        with submitted as (
            select loads.load_id, reporter, period, correction_no, basis, partial, rows.*
            from read_parquet($files, union_by_name = true) as rows
            join raw.loads as loads on loads.load_id = split_part(rows.source_row_key, '#', 1)
        ),
        laid_over as (
            select {key}, max(correction_no) as last_correction
            from submitted where partial group by all
        )
        select columns(name -> name in $names)
        from submitted left join laid_over using ({key})
        where coalesce(last_correction, 0) <= correction_no
        order by load_id, cast(split_part(source_row_key, '#', 2) as bigint)
        """,
        {"files": files, "names": list(types)},
    )


def _require_known_version(loads: Sequence[Load], contract: Contract) -> None:
    for load in loads:
        if version_order(load.contract_version) > version_order(contract.version):
            raise InputError(
                f"load {load.load_id} of {load.dataset} was read with version "
                f"{load.contract_version} of its contract, but this program knows version "
                f"{contract.version} only: update the program"
            )


def _files(home: Home, loads: Sequence[Load], dataset: str) -> list[str]:
    return [str(raw_zone.rows_of(home, load)) for load in loads if load.dataset == dataset]
