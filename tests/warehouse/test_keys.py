"""No key of a fact or mart is null, and each key finds exactly one row of its dimension.

An inner join to a dimension therefore neither loses nor doubles a row.
"""

import duckdb
import pytest

from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.warehouse.schemas import CORE, MARTS, STAR

# tests/conftest.py cannot mark these tests, because `release` requests the fixtures by name
pytestmark = pytest.mark.nightly

#: (fact, key). The key is null in rows that have no such thing, for example no document. No mart
#: has one of these keys in its grain.
NULLABLE = {
    ("fct_funding_sources", "document_id"),
    ("fct_funding_sources", "funder_id"),
    ("fct_funding_sources", "funding_line_id"),
    ("fct_funding_sources", "period_id"),
    ("fct_indicator_results", "reported_year"),
}

#: Key -> its dimension. ``other_organisation_id`` is also a key of ``dim_organisation``.
DIMENSIONS = {
    "activity_type_id": "core.dim_activity_type",
    "area_id": "core.dim_area",
    "breakdown": "core.dim_breakdown",
    "call_id": "core.dim_call",
    "criterion_id": "core.dim_criterion",
    "document_id": "core.dim_document",
    "funder_id": "core.dim_funder",
    "grant_type_id": "core.dim_grant_type",
    "indicator_id": "core.dim_indicator",
    "organisation_id": "core.dim_organisation",
    "other_organisation_id": "core.dim_organisation",
    "related_organisation_id": "core.dim_organisation",
    "period_id": "core.dim_period",
    "scenario_id": "core.dim_allocation_scenario",
}
#: Tables about submissions. The period of a submission is a year or a call.
ABOUT_SUBMISSIONS = {"fct_reporting", "dim_due_submission"}


@pytest.fixture(params=["published", "sampled"], scope="module")
def release(request):
    """Open a whole release.

    Gives a connection, and all facts, dimensions and marts outside the star.
    """
    found = open_release(home=request.getfixturevalue(request.param))
    schemas = {CORE, *MARTS} - {STAR}
    models = [model for model in read_models(found).values() if model.schema in schemas]
    with duckdb.connect(found.whole_database, read_only=True) as connection:
        yield connection, models


def test_no_key_is_null(release):
    connection, models = release
    nulls = {
        (model.table, column)
        for model in models
        for column in model.grain
        if connection.execute(f'from {model.name} where "{column}" is null limit 1').fetchone()
    }
    assert nulls <= NULLABLE


def test_each_key_finds_one_row_of_its_dimension(release):
    connection, models = release
    lost = []
    for model in models:
        for column in set(model.grain) & DIMENSIONS.keys():
            if column == "period_id" and model.table in ABOUT_SUBMISSIONS:
                continue
            key = column.removeprefix("other_").removeprefix("related_")
            [(own, joined, found)] = connection.execute(
                f'select (select count("{column}") from {model.name}), count(*), count(d."{key}") '
                f"from {model.name} as t left join {DIMENSIONS[column]} as d "
                f'on t."{column}" = d."{key}" where t."{column}" is not null'
            ).fetchall()
            if not own == joined == found:
                lost.append((model.table, column, own, joined, found))
    assert lost == []
