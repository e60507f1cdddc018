"""The start of a build: a fresh database whose ``raw`` schema holds an explicit list of loads."""

import json
from collections.abc import Sequence

import duckdb

from klynge.home import Home
from klynge.landing import documents, raw_zone
from klynge.landing.raw_zone import Load
from klynge.releases.quality_history import write_history

#: Columns that are whole numbers, by the documents' datasets; everything else in them is text.
_WHOLE_NUMBERS = {
    documents.CELLS: ("line", "last_line", "occurrence"),
    documents.CLAIMS: ("line", "last_line"),
    documents.CLAIM_TERMS: (),
}

_DOCUMENTS = """
create table raw.documents as
select
    about ->> 'document_id' as document_id,
    about ->> 'title' as title,
    about ->> 'publisher' as publisher,
    about ->> 'published' as published,
    about ->> 'isbn' as isbn,
    about ->> 'language' as language,
    about ->> 'file_name' as file_name,
    about ->> 'sha256' as sha256,
    cast(about ->> 'lines' as integer) as line_count,
    about ->> 'covers' as covers
from raw.loads
where dataset = 'published_cells'
"""

_DOCUMENT_TABLES = """
create table raw.document_tables as
select
    document_id,
    one ->> 'table_id' as table_id,
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


def start_build(home: Home, loads: Sequence[Load]) -> None:
    """Throw the last build away and write the raw tables of a new one at ``home.database``.

    ``raw.loads`` has one row per load, ``raw.published_cells`` one per transcribed cell,
    ``raw.published_claims`` and ``raw.published_claim_terms`` one per claim and term of one,
    ``raw.documents`` and ``raw.document_tables`` one per document and per table in it,
    ``raw.quality_results`` one per earlier run and check.
    """
    for stale in home.build.glob("klyngedata.duckdb*"):
        stale.unlink()
    with duckdb.connect(str(home.database)) as connection:
        connection.execute("create schema raw")
        _write_ledger(connection, loads)
        for dataset in _WHOLE_NUMBERS:
            _write_published(connection, home, loads, dataset)
        connection.execute(_DOCUMENTS)
        connection.execute(_DOCUMENT_TABLES)
        write_history(connection, home)


def _write_ledger(connection: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    connection.execute(
        """
        create table raw.loads (
            load_id varchar, dataset varchar, reporter varchar, period varchar,
            correction_no integer, basis varchar, contract_version varchar, files json,
            rows_read bigint, rows_loaded bigint, rows_rejected bigint, rows_held bigint,
            received_at timestamptz, accepted_by varchar, accepted_because varchar, about json
        )
        """
    )
    connection.executemany(
        f"insert into raw.loads values ({', '.join('?' * 16)})",
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
    """``raw.<dataset>``: the rows of its loads, in order of their keys, whole numbers typed."""
    files = [
        str(raw_zone.folder(home, load.dataset, load.load_id) / "data.parquet")
        for load in loads
        if load.dataset == dataset
    ]
    connection.execute(
        f"create table raw.{dataset} as from read_parquet($files) order by source_row_key",
        {"files": files},
    )
    for column in _WHOLE_NUMBERS[dataset]:
        connection.execute(f"alter table raw.{dataset} alter {column} type integer")
