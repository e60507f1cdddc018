"""A database of a release is fenced: it can be read, and no other file with it."""

import duckdb
import pytest

from klynge.errors import InputError
from klynge.messages import Language
from klynge.releases.reading import open_release


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select content from read_text('/etc/hostname')",
        "select * from glob('/*')",
        "select * from read_parquet('https://example.org/a.parquet')",
    ],
)
def test_a_query_reads_no_file_of_this_machine(published, sql):
    release = open_release(home=published)
    with pytest.raises(InputError) as refused:
        release.arrow(sql)
    assert "reads only the tables of the release" in str(refused.value)
    assert "læser kun udgivelsens tabeller" in refused.value.message.text(Language.da)


@pytest.mark.parametrize(
    "sql",
    [
        "attach 'other.duckdb'",
        "copy (select 1) to '/dev/null'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "load excel",
        "create table klyngedata.x (a int)",
    ],
)
def test_a_connection_neither_writes_nor_leaves_the_release(published, sql):
    with open_release(home=published).connect() as connection, pytest.raises(duckdb.Error):
        connection.execute(sql)
