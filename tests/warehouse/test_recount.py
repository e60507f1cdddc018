"""Count each mart's figures a second time, in separate SQL, from facts and dimensions.

``recounts/retention.sql`` recounts ``mart_retention``, and ``recounts/fact_staff.sql`` recounts the
fact ``fact_staff`` of the star. A recount computes columns of the mart from the schema ``core``,
with the views and macros of ``recounts/shared.sql``. The mart and the recount must have the same
rows. If only some rows can be recounted, a second query after ``-- the mart's rows`` selects these
rows from the mart. The recount of a simulation checks only the inputs, such as amounts, scores and
the number of draws.
"""

import re

import pytest

from klynge.releases.reading import open_release
from tests.warehouse.recounting import SHARED, open_for_recounts, read_recount, recounts

# tests/conftest.py cannot mark these tests, because `release` requests the fixtures by name
pytestmark = pytest.mark.nightly

MARTS = ("evaluation", "scores", "allocation")
#: The recounts of these marts read keys, or amounts by a rule, from other marts in their folder.
FROM_MARTS = {
    "allocation_proof",
    "awards",
    "expected_results",
    "expected_totals",
    "score_comparison",
    "score_turning_points",
}
#: Evaluation mart -> its group of figures. The table has marts whose rows all belong to one group.
RESTS_ON = {
    "activity_attendance": "participation",
    "activity_mix": "activities",
    "company_mix": "participation",
    "funding_mix": "funding",
    "industry_mix": "participation",
    "industry_ranking": "participation",
    "institution_participation": "participation",
    "international_participation": "participation",
    "participant_profile": "coverage",
    "participation_coverage": "coverage",
    "retention": "participation",
    "staffing": "staff",
}


def recounted_tables(connection) -> dict[str, str]:
    """Return the tables that have a recount: each mart outside the audit, each fact of the star.

    The keys are names without ``mart_``; the values are ``schema.table``.
    """
    return dict(
        connection.execute(
            "select replace(table_name, 'mart_', ''), schema_name || '.' || table_name "
            "from duckdb_tables() where list_contains($marts, schema_name) "
            "or schema_name = 'bi' and table_name like 'fact_%'",
            {"marts": MARTS},
        ).fetchall()
    )


@pytest.fixture(params=["published", "sampled"], scope="module")
def release(request):
    """Give a connection to a whole release in which the shared views exist."""
    home = request.getfixturevalue(request.param)
    with open_for_recounts(open_release(home=home).whole_database) as connection:
        yield connection


@pytest.mark.parametrize("name", recounts())
def test_a_mart_and_its_recount_have_the_same_rows(release, name):
    recount, of_mart = read_recount(name)
    release.execute(f"create or replace temp table recounted as {recount}")
    columns = ", ".join(column for column, *_ in release.execute("describe recounted").fetchall())
    of_mart = of_mart or f"select {columns} from {recounted_tables(release)[name]}"
    release.execute(f"create or replace temp table of_mart as {of_mart}")
    for one, other in (("recounted", "of_mart"), ("of_mart", "recounted")):
        rows = release.execute(f"from (from {one} except all from {other}) limit 5").fetchall()
        assert not rows, f"only in {one}, with {columns}: {rows}"


@pytest.mark.parametrize("mart", sorted(RESTS_ON))
def test_a_row_says_what_it_rests_on(release, mart):
    columns = "reporters_in, reporters_due, years_in, years_due, rows_refused, completeness"
    release.execute(
        f"create or replace temp table of_mart as select basis, period_id, organisation_id,"
        f" {columns} from evaluation.mart_{mart} where basis <> 'published'"
    )
    wrong = release.execute(
        f"from (select distinct * from of_mart except select basis, period_id, organisation_id,"
        f" {columns} from rests_on where figure_group = '{RESTS_ON[mart]}') limit 5"
    ).fetchall()
    assert not wrong, f"only in the mart: {wrong}"
    marked = "(basis = 'published') <> (completeness = 'printed')"
    assert not release.execute(f"from evaluation.mart_{mart} where {marked}").fetchall()


def test_every_mart_outside_the_audit_has_a_recount(release):
    assert set(recounts()) == recounted_tables(release).keys()


def test_every_recount_has_rows_in_a_release_with_the_sample(sampled):
    with open_for_recounts(open_release(home=sampled).whole_database) as connection:
        for name in recounts():
            recount, _ = read_recount(name)
            assert connection.execute(f"from ({recount}) limit 1").fetchone(), name


def test_recounts_read_facts_and_dimensions_only():
    for name in (*recounts(), SHARED):
        recount, _ = read_recount(name)
        schemas = set(re.findall(r"(?<!distinct )\b(?:from|join)\s+(\w+)\.", recount))
        of_marts = {"scores", "allocation"} if name in FROM_MARTS else set()
        assert schemas <= {"core", "reference"} | of_marts, name
