"""Test the note on a query whose rows are partial or come from files with refused rows."""

import duckdb
import pytest

from klynge.releases.completeness import describe_incomplete_rows
from klynge.releases.reading import DATABASE, Release


@pytest.fixture(scope="module")
def release(tmp_path_factory) -> Release:
    folder = tmp_path_factory.mktemp("release")
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute("create schema evaluation")
        connection.execute(
            "create table evaluation.mart_a as select * from (values "
            "('made', 1, 'complete'), ('clean', 2, 'rows_refused'), ('reported_so_far', 3, "
            "'partial'), ('denmark', 4, 'printed'), ('made', 5, null)) "
            "as t (organisation_id, amount_kr, completeness)"
        )
        connection.execute(
            "create table evaluation.mart_whole as from evaluation.mart_a "
            "where completeness = 'complete'"
        )
        connection.execute("create table evaluation.plain as select 1 as n")
    return Release(folder)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 1 as one", None),
        ("from evaluation.plain", None),
        ("from evaluation.mart_whole", None),
        ("select sum(amount_kr) as s from evaluation.mart_whole", None),
        ("from evaluation.mart_a", "note: 2 rows are partial or computed from a file"),
        ("from evaluation.mart_a where amount_kr = 2", "note: 1 row is partial or computed from"),
        ("from evaluation.mart_a where amount_kr in (1, 4)", None),
        ("select sum(amount_kr) as s from evaluation.mart_a", "evaluation.mart_a has rows that"),
        ("with x as (from evaluation.mart_a) select n from x, evaluation.plain", "mart_a has"),
        (
            "select a.amount_kr from evaluation.mart_a a join evaluation.mart_whole using "
            "(organisation_id)",
            "note: evaluation.mart_a has",
        ),
        ("select 'evaluation.mart_a' as name", None),
    ],
)
def test_a_query_on_incomplete_rows_is_told_of(release, sql, words):
    said = describe_incomplete_rows(release, sql, release.arrow(sql))
    if words is None:
        assert said is None
    else:
        assert words in said
