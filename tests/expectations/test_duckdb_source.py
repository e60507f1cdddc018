"""Great Expectations reads a DuckDB file through the adapter and closes the file."""

import os
import subprocess
import sys

import duckdb
import pytest
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations import ExpectTableRowCountToEqual

from expectations.duckdb_source import ValidationResultsStore, open_read_only
from klynge.errors import InputError, MachineError

TABLE = "core.fct_published_figures"


def another_process(path, call):
    code = f"import duckdb; duckdb.{call.format(path=repr(str(path)))}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def write_in_another_process(path):
    return another_process(path, "connect({path}).execute('create table written (i int)')")


def read_in_another_process(path):
    return another_process(path, "connect({path}, read_only=True).execute('show all tables')")


def count_rows(source, table=TABLE):
    batch = source.batch_definition(table).get_batch()
    return batch.validate(ExpectTableRowCountToEqual(value=4)).success


def test_great_expectations_still_borrows_its_connection_where_the_adapter_lends_it():
    assert "get_connection" in vars(SqlAlchemyExecutionEngine), (
        "Great Expectations has renamed SqlAlchemyExecutionEngine.get_connection: find what its "
        "execute_query borrows a connection from now, and override that in "
        "expectations/duckdb_source.py, or every check on DuckDB fails with an error"
    )


def test_tables_of_several_schemas_and_views_are_read(figures):
    figures.sql(f"create schema audit; create view audit.mart_figures as from {TABLE}")
    with open_read_only(figures.path) as source:
        assert count_rows(source, "audit.mart_figures")
        assert count_rows(source)


def test_analytics_are_off():
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"


def test_nothing_is_printed(figures, capfd):
    with open_read_only(figures.path) as source:
        count_rows(source)
    assert capfd.readouterr() == ("", "")


def test_results_are_not_stored(figures):
    with open_read_only(figures.path) as source:
        assert isinstance(source.context.validation_results_store, ValidationResultsStore)


def test_an_awkward_path_is_opened(tmp_path, figures):
    awkward = tmp_path / "Blåbær & grød # 100%?" / "klyngedata.duckdb"
    awkward.parent.mkdir()
    figures.path.rename(awkward)
    with open_read_only(awkward) as source:
        assert count_rows(source)


def test_another_process_can_read_the_file_meanwhile_and_write_it_afterwards(figures):
    with open_read_only(figures.path) as source:
        assert count_rows(source)
        assert read_in_another_process(figures.path).returncode == 0
        assert "lock" in write_in_another_process(figures.path).stderr
    assert write_in_another_process(figures.path).returncode == 0


def test_the_file_is_let_go_of_when_its_user_fails(figures):
    def fail_with_the_file_open():
        with open_read_only(figures.path) as source:
            count_rows(source)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_with_the_file_open()
    assert write_in_another_process(figures.path).returncode == 0


def test_a_missing_file_is_not_made(tmp_path):
    path = tmp_path / "absent.duckdb"
    with pytest.raises(InputError, match="does not exist"), open_read_only(path):
        pass
    assert not path.exists()


def test_a_file_that_is_being_written_is_a_machine_error(figures):
    with (
        duckdb.connect(figures.path),
        pytest.raises(MachineError, match="cannot be opened for reading"),
        open_read_only(figures.path),
    ):
        pass
