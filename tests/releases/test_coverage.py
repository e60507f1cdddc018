"""Test the reason for an empty answer, and the list of figures that a release has."""

from contextlib import contextmanager

import duckdb
import pytest

from klynge.messages import Language
from klynge.releases.coverage import describe_coverage, why_empty
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.warehouse.schemas import MARTS, STAR
from tests.conftest import klynge_in_process

ROWS = """
    ('mix', 'mart_mix', '2021-2023', 'published', 'printed', 65),
    ('mix', 'mart_mix', '2021', 'sample', 'reported', 9),
    ('mix', 'mart_mix', '2024', 'reported', 'missing', 0),
    ('kept', 'mart_kept', '2021-2023', 'published', 'printed_as_picture', 0),
    ('kept', 'mart_kept', '2024', 'reported', 'missing', 0),
    ('kept', 'mart_kept', '2025', 'reported', 'missing', 0)
"""


class Database:
    """A database, with a small ``mart_coverage`` if rows are given."""

    def __init__(self, rows):
        self._connection = duckdb.connect()
        if rows:
            self._connection.execute("create schema audit")
            self._connection.execute(
                f"create table audit.mart_coverage as from (values {rows}) as t "
                "(subject_id, table_name, period_id, basis, status, mart_rows)"
            )

    @contextmanager
    def connect(self):
        yield self._connection


def test_an_empty_mart_says_what_is_missing():
    said = why_empty(Database(ROWS), ["evaluation.mart_kept"])
    assert said == (
        "no rows: in this release nobody has reported mart_kept: "
        "printed only as a chart (2021-2023); not reported (2024, 2025); see audit.mart_coverage"
    )
    assert said.text(Language.da) == (
        "ingen rækker: i denne udgivelse har ingen indberettet mart_kept: "
        "kun trykt som diagram (2021-2023); ikke indberettet (2024, 2025); se audit.mart_coverage"
    )


def test_a_filter_that_keeps_no_row_names_the_rows_that_exist():
    assert why_empty(Database(ROWS), ["mart_mix", "dim_period"]) == (
        "no rows: this release has of mart_mix: "
        "printed (2021-2023); sample (2021); not reported (2024); see audit.mart_coverage"
    )


def test_nothing_is_said_of_other_tables_and_of_older_releases():
    assert why_empty(Database(ROWS), ["core.dim_period"]) is None
    assert why_empty(Database(None), ["mart_mix"]) is None
    assert describe_coverage(Database(None)) is None


def test_one_line_counts_all_subjects():
    assert describe_coverage(Database(ROWS)) == (
        "2 subjects, of which 1 printed, 1 printed only as a chart, 1 sample, 2 not reported; "
        "a subject can count twice (audit.mart_coverage lists them); "
        "nobody has reported yet for mart_kept"
    )


def test_every_mart_with_a_basis_is_a_subject(published):
    models = read_models(open_release(home=published))
    covered = models["audit_steps.int_mart_rows"].reads
    marts = {
        name
        for name, model in models.items()
        if model.schema in MARTS and model.schema != "audit" and "basis" in model.columns
    }
    assert marts - covered == {"evaluation.mart_reporting"}
    facts = {name for name in models if name.startswith(f"{STAR}.fact_")}
    assert facts <= covered


def test_the_charts_of_the_evaluation_report_are_subjects(published):
    frame = open_release(home=published).query(
        "select table_id, sentence_da from audit.mart_coverage where status = 'printed_as_picture'"
    )
    assert set(frame["table_id"]) == {f"figure_{number}" for number in range(3, 12)}
    assert frame["sentence_da"].str.contains("værdierne står ikke i teksten").all()


@pytest.mark.parametrize("mart", ["mart_retention", "mart_staffing", "mart_company_mix"])
def test_a_mart_that_only_submissions_can_fill_says_so(published, mart):
    shown = klynge_in_process(published, "query", f"from evaluation.{mart}")
    assert f"nobody has reported {mart}" in shown.stderr
    frame = open_release(home=published).table(mart)
    assert f"nobody has reported {mart}" in frame.attrs["why_empty"]
    assert mart in klynge_in_process(published, "status").stdout
