"""The databases that stay open follow the files of the releases."""

import shutil

import duckdb
import pytest

from dashboard.databases import Databases
from klynge.errors import InputError
from klynge.releases.reading import DATABASE, Release


def make_release(folder, value):
    folder.mkdir(exist_ok=True)
    draft = folder / "draft"
    with duckdb.connect(draft) as connection:
        connection.execute(f"create table t as select {value} as value")
    draft.rename(folder / DATABASE)
    return Release(folder)


def read(databases, release):
    with databases.connect(release) as connection:
        return connection.execute("select value from t").fetchone()[0]


def test_a_database_that_was_rebuilt_is_opened_again(tmp_path):
    databases = Databases()
    release = make_release(tmp_path / "r", 1)
    assert read(databases, release) == 1
    with databases.connect(release) as held:
        make_release(tmp_path / "r", 2)
        assert read(databases, release) == 2
        # a page that is being made keeps to the file that it began with
        assert held.execute("select value from t").fetchone() == (1,)
    shutil.rmtree(release.path)
    with pytest.raises(InputError, match="was removed"):
        read(databases, release)


def test_many_releases_are_read_in_turn(tmp_path):
    databases = Databases()
    releases = [make_release(tmp_path / str(value), value) for value in range(6)]
    for _ in range(2):
        assert [read(databases, one) for one in releases] == [*range(6)]
    databases.close()
