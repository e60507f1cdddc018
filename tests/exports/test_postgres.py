"""Test the export to a real PostgreSQL server: types, keys, comments, hashes and readers."""

import os
import threading
import time
from decimal import Decimal

import duckdb
import psycopg
import pytest

from klynge import open_release
from klynge.errors import InputError, MachineError
from klynge.exports.answers import public_tables
from klynge.exports.postgres import export_to_postgres
from tests.bare_release import MONEY, write_release
from tests.exports.postgres_server import find_programs, run_server
from tests.exports.reading_back import hash_of_rows, hashed_tables

if find_programs() is None:
    pytest.skip("no PostgreSQL server is installed here", allow_module_level=True)

READERS = 8
#: The tables change this many times while the readers read.
EXPORTS = int(os.environ.get("KLYNGE_TEST_EXPORTS", "6"))


@pytest.fixture(scope="module")
def server():
    with run_server() as url:
        yield url


@pytest.fixture
def database(server, request):
    """Create an empty database and return its address."""
    name = f"db_{abs(hash(request.node.nodeid))}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    return server.removesuffix("postgres") + name


def ask(url, sql):
    with psycopg.connect(url) as connection:
        return connection.execute(sql).fetchall()


def require_hashes(release, url):
    for name, expected in hashed_tables(release, public_tables(release)).items():
        schema, _, table = name.partition(".")
        assert hash_of_rows(release, name, ask(url, f"select * from {schema}.{table}")) == expected


def star(folder, release_id, number):
    """Write a release with keys, and with tables that readers must see in the same state."""
    tables = {
        "bi.organisation": "select 'made' as organisation_id, 'MADE' as name_da",
        "bi.funding": (
            f"select 'made' as organisation_id, {number}::decimal(18, 2) as amount_kr "
            "from range(2000)"
        ),
        "evaluation.mart_money": MONEY,
        "evaluation.mart_number": f"select {number} as number from range(2000)",
    }
    return write_release(folder, tables, release_id)


def test_types_keys_and_comments_are_kept(database, tmp_path):
    release = star(tmp_path / "a", "20260301T020000Z-a", 1)
    with duckdb.connect(str(release.path / "klyngedata.duckdb")) as connection:
        connection.execute("drop table bi.funding")
        connection.execute("alter table bi.organisation add primary key (organisation_id)")
        connection.execute(
            "create table bi.funding (organisation_id varchar not null references "
            "bi.organisation (organisation_id), amount_kr decimal(18, 2))"
        )
        connection.execute("insert into bi.funding values ('made', 1.10)")
        connection.execute("comment on table bi.funding is 'Penge, it''s \"æøå\"'")
        connection.execute("comment on column bi.funding.amount_kr is 'Beløb'")
    assert export_to_postgres(release, database) == 4
    types = dict(
        ask(
            database,
            "select attname, format_type(atttypid, atttypmod) from pg_attribute "
            "where attrelid = 'evaluation.mart_money'::regclass and attnum > 0",
        )
    )
    assert types == {
        "organisation_id": "text",
        "day": "date",
        "amount_kr": "numeric(18,2)",
        "persons": "integer",
        "is_known": "boolean",
        "basis": "text",
        "note": "text",
    }
    keys = ask(
        database,
        "select conrelid::regclass::text, pg_get_constraintdef(oid) from pg_constraint "
        "where connamespace = 'bi'::regnamespace order by 1",
    )
    assert keys == [
        (
            "bi.funding",
            "FOREIGN KEY (organisation_id) REFERENCES bi.organisation(organisation_id) "
            "DEFERRABLE INITIALLY DEFERRED",
        ),
        ("bi.organisation", "PRIMARY KEY (organisation_id)"),
    ]
    assert ask(
        database,
        "select obj_description('bi.funding'::regclass), "
        "col_description('bi.funding'::regclass, 2)",
    ) == [('Penge, it\'s "æøå"', "Beløb")]
    assert ask(database, "select release_id, contains_sample from klyngedata.release") == [
        (release.release_id, True)
    ]
    # if the same columns are written again, the keys and their tables stay
    assert export_to_postgres(release, database) == 4
    assert ask(database, "select amount_kr from bi.funding") == [(Decimal("1.10"),)]


def test_tables_read_back_have_the_hash_of_the_manifest(bare, database):
    export_to_postgres(bare, database)
    require_hashes(bare, database)


class Reader(threading.Thread):
    """Reads two tables until it is told to stop.

    Every second reader asks two questions about one state of the tables.
    """

    query = (
        "select min(number), max(number), count(*)::int, "
        "(select min(amount_kr)::int from bi.funding), "
        "(select max(amount_kr)::int from bi.funding), "
        "(select count(*)::int from bi.funding) from evaluation.mart_number"
    )

    def __init__(self, url, number):
        super().__init__()
        self.url, self.keeps_state = url, number % 2 == 0
        self.done, self.errors, self.answers = threading.Event(), [], []

    def run(self):
        try:
            with psycopg.connect(self.url) as connection:
                if self.keeps_state:
                    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                while not self.done.is_set():
                    with connection.transaction():
                        twice = [connection.execute(self.query).fetchone() for _ in range(2)]
                    self.answers.append(twice)
        except psycopg.Error as error:
            self.errors.append(error)

    @property
    def mixed(self):
        """Return the answers that mix two releases.

        For a reader that keeps its state, also return the pairs of answers that differ.
        """
        whole = {(n, n, 2000, n, n, 2000) for n in (1, 2)}
        return [
            (one, two)
            for one, two in self.answers
            if not {one, two} <= whole or (self.keeps_state and one != two)
        ]


@pytest.mark.slow
def test_eight_readers_meet_no_error_and_no_mix(database, tmp_path):
    releases = [star(tmp_path / str(n), f"20260301T02000{n}Z-a", n) for n in (1, 2)]
    export_to_postgres(releases[0], database)
    readers = [Reader(database, number) for number in range(READERS)]
    for reader in readers:
        reader.start()
    for turn in range(EXPORTS):
        export_to_postgres(releases[(turn + 1) % 2], database)
        time.sleep(0.05)
    for reader in readers:
        reader.done.set()
        reader.join()
    assert [error for reader in readers for error in reader.errors] == []
    assert [answer for reader in readers for answer in reader.mixed] == []
    seen = {answer for reader in readers for twice in reader.answers for answer in twice}
    assert len(seen) == 2, "the readers saw one release only"


@pytest.mark.slow
def test_a_table_with_other_columns_is_replaced_and_one_that_is_gone_is_dropped(database, tmp_path):
    tables = {"evaluation.mart_money": MONEY, "evaluation.mart_old": "select 1 as n"}
    export_to_postgres(write_release(tmp_path / "a", tables), database)
    later = {"evaluation.mart_money": f"select *, 1 as more from ({MONEY})"}
    export_to_postgres(write_release(tmp_path / "b", later, "20260302T020000Z-b"), database)
    assert ask(database, "select count(more) from evaluation.mart_money") == [(4,)]
    assert ask(database, "select to_regclass('evaluation.mart_old')") == [(None,)]


@pytest.mark.slow
def test_a_failure_changes_nothing(bare, database, tmp_path, monkeypatch):
    export_to_postgres(bare, database)
    later = write_release(
        tmp_path / "b", {"evaluation.mart_money": f"from ({MONEY}) limit 1"}, "20260302T020000Z-b"
    )
    monkeypatch.setattr("klynge.exports.postgres._comment", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export_to_postgres(later, database)
    monkeypatch.undo()
    assert ask(database, "select release_id from klyngedata.release") == [(bare.release_id,)]
    require_hashes(bare, database)


def test_a_table_of_somebody_else_is_not_touched(bare, database):
    with psycopg.connect(database) as connection:
        connection.execute("create schema evaluation")
        connection.execute("create table evaluation.mart_money (mine text)")
    with pytest.raises(InputError, match=r"has a table evaluation\.mart_money that this command"):
        export_to_postgres(bare, database)
    assert ask(database, "select * from evaluation.mart_money") == []
    assert ask(database, "select to_regclass('klyngedata.release')") == [(None,)]


@pytest.mark.slow
def test_what_the_server_refuses_is_one_sentence(bare, database):
    with psycopg.connect(database) as connection:
        connection.execute("create role reader login")
    with pytest.raises(MachineError, match="the PostgreSQL server refused: permission denied"):
        export_to_postgres(bare, database.replace("klynge@", "reader@"))


@pytest.mark.parametrize("url", ["postgresql://klynge@127.0.0.1:notaport/x", "nonsense"])
def test_an_address_that_cannot_be_read_is_refused(bare, url):
    with pytest.raises((InputError, MachineError), match=r"--url cannot be read|does not answer"):
        export_to_postgres(bare, url)


@pytest.mark.slow
def test_every_mart_read_back_has_the_hash_of_the_manifest(sampled, database):
    release = open_release(home=sampled)
    export_to_postgres(release, database)
    require_hashes(release, database)
