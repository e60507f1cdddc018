"""A DuckLake has a snapshot per release and the manifest's hashes, and is never half-written."""

import duckdb
import pytest

from klynge.errors import InputError, MachineError
from klynge.exports.answers import public_tables
from klynge.exports.ducklake import CATALOGUE, _attach, export_to_ducklake
from klynge.warehouse.content_hash import content_hash
from tests.bare_release import MONEY, TABLES, write_release
from tests.exports.reading_back import hashed_tables


@pytest.fixture
def lake(bare):
    """Return a function that attaches a lake and gives a connection that uses it."""

    def attach(folder):
        connection = duckdb.connect()
        _attach(connection, bare, folder)
        connection.execute("use lake")
        return connection

    return attach


def require_hashes(release, connection):
    for name, expected in hashed_tables(release, public_tables(release)).items():
        assert content_hash(connection, *name.split(".")) == expected, name


def test_each_release_is_one_snapshot(bare, lake, tmp_path):
    folder = tmp_path / "lake"
    assert export_to_ducklake(bare, folder)
    assert not export_to_ducklake(bare, folder)
    tables = {
        "evaluation.mart_money": f"from ({MONEY}) where basis = 'published'",
        "core.dim_document": TABLES["core.dim_document"],
    }
    later = write_release(tmp_path / "later", tables, "20260302T020000Z-0123abcd")
    assert export_to_ducklake(later, folder)
    with lake(folder) as connection:
        messages = connection.execute("select commit_message from lake.snapshots()").fetchall()
        assert [one for (one,) in messages if one] == [bare.release_id, later.release_id]
        require_hashes(later, connection)
        count = "select count(*) from evaluation.mart_money"
        assert connection.execute(count).fetchone() == (2,)
        assert connection.execute(f"{count} at (version => 1)").fetchone() == (4,)
        with pytest.raises(duckdb.CatalogException):
            connection.execute("from evaluation.mart_exact")


def test_a_lake_read_back_has_the_hashes_of_the_manifest(bare, lake, tmp_path):
    export_to_ducklake(bare, tmp_path / "lake")
    with lake(tmp_path / "lake") as connection:
        require_hashes(bare, connection)


def test_a_folder_with_something_else_is_refused(bare, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds files that are not an earlier export"):
        export_to_ducklake(bare, tmp_path)
    with pytest.raises(InputError, match="nowhere is not a folder"):
        export_to_ducklake(bare, tmp_path / "nowhere" / "lake")
    assert [one.name for one in tmp_path.iterdir()] == ["notes.txt"]


def test_a_failure_leaves_no_half_lake(bare, tmp_path, monkeypatch):
    def full(*_):
        raise duckdb.IOException("IO Error: No space left on device")

    monkeypatch.setattr("klynge.exports.ducklake._comments", full)
    with pytest.raises(MachineError, match="the disk is full: free some space"):
        export_to_ducklake(bare, tmp_path / "lake")
    assert not list(tmp_path.iterdir())


def test_a_lake_that_another_program_holds_is_one_sentence(bare, tmp_path):
    export_to_ducklake(bare, tmp_path / "lake")
    (tmp_path / "lake" / CATALOGUE).write_bytes(b"damaged")
    with pytest.raises(MachineError, match=r"cannot write to .*lake"):
        export_to_ducklake(bare, tmp_path / "lake")
