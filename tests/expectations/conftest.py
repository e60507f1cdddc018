import duckdb
import pytest

FIGURES = """
    create schema core;
    create table core.fct_published_figures (
        figure_id varchar, document_id varchar, line_number integer, printed_text varchar,
        value decimal(20, 6), number_format varchar, placement varchar, source_row_key varchar
    );
    insert into core.fct_published_figures values
        ('f1', 'konto_2018', 12, '18.058', 18058, 'danish', 'printed', 'konto_2018#c1'),
        ('f2', 'konto_2018', 13, '337,95', 337.95, 'danish', 'printed', 'konto_2018#c2'),
        ('f3', 'konto_2018', 14, 'Rødgrød på Ærø', null, 'text', 'printed', 'konto_2018#c3'),
        ('f4', 'bilag_2025', 7, '–', null, 'dash', 'inferred', 'bilag_2025#c1');
"""


class DatabaseFile:
    """A DuckDB file that tests fill and damage with SQL.

    The file is closed after each statement.
    """

    def __init__(self, path):
        self.path = path

    def sql(self, statement):
        with duckdb.connect(self.path) as connection:
            connection.execute(statement)
        return self


@pytest.fixture
def database(tmp_path):
    return DatabaseFile(tmp_path / "klyngedata.duckdb")


@pytest.fixture
def figures(database):
    """Store four printed figures without faults."""
    return database.sql(FIGURES)
