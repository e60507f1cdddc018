"""Test which numbers may be added: kinds of rows, kinds of periods, and ``meta.sum``.

A mart without the column ``row_kind`` has leaf rows only.
"""

import json
import re

import duckdb
import pytest

from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.warehouse.schemas import MARTS, STAR
from klynge.words import SUMS

# tests/conftest.py cannot mark these tests, because `release` requests the fixtures by name
pytestmark = pytest.mark.nightly

#: The marts of these schemas show figures. The star is not among them: it has leaf rows only and
#: has its own tests of sums.
MARTS_OF_FIGURES = tuple(schema for schema in MARTS if schema not in ("audit", STAR))
#: These keys include the other keys of their column.
WHOLES = ("total", "all", "both", "denmark", "reported_so_far")
NUMBER = re.compile(r"(decimal|bigint|integer|double|hugeint)")
#: Each row of these facts is about one grant or about both grants together.
FACTS_OF_GRANTS = ("core.fct_applications", "core.fct_decisions")


@pytest.fixture(params=["published", "sampled"], scope="module")
def release(request):
    """Give a connection to a whole release, and its marts."""
    found = open_release(home=request.getfixturevalue(request.param))
    models = read_models(found)
    marts = [
        model
        for model in models.values()
        if model.schema in MARTS_OF_FIGURES or model.name in FACTS_OF_GRANTS
    ]
    with duckdb.connect(found.whole_database, read_only=True) as connection:
        yield connection, marts


@pytest.fixture(scope="module")
def public(published):
    """Return name -> node of dbt's manifest, for each model that every reader may use."""
    path = published.build / "parsed" / "manifest.json"
    nodes = json.loads(path.read_text(encoding="utf-8"))["nodes"].values()
    return {
        node["name"]: node
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["access"] == "public"
    }


def test_a_period_says_what_kind_it_is(public):
    for name, node in public.items():
        columns = list(node["columns"])
        if node["schema"] in {*MARTS} - {STAR} and "period_id" in columns:
            assert columns[columns.index("period_id") + 1] == "period_kind", name


def test_no_leaf_row_contains_another(release):
    connection, marts = release
    containing = []
    for mart in marts:
        leaf = "where row_kind = 'leaf'" if "row_kind" in mart.columns else ""
        for column in mart.grain:
            others = ", ".join(f'"{name}"' for name in mart.grain if name != column)
            found = connection.execute(
                f"select {others} from {mart.name} {leaf} group by {others} having count(*) > 1"
                f' and bool_or(cast("{column}" as varchar) in {WHOLES}) limit 1'
            ).fetchone()
            if found:
                containing.append((mart.table, column, found))
    assert not containing


def test_leaf_rows_add_up_to_the_country(release):
    """A printed total may differ from the sum of its printed rows, but a computed total may not."""
    connection, marts = release
    for mart in marts:
        added = [name for name, column in mart.columns.items() if column.sum == "leaf_rows"]
        if "organisation_id" not in mart.grain or "row_kind" not in mart.columns:
            continue
        keys = ", ".join(f'"{name}"' for name in mart.grain if name != "organisation_id")
        for column in added:
            differing = connection.execute(
                f"""
                select {keys},
                    sum("{column}") filter (where row_kind = 'leaf') as of_leaf_rows,
                    max("{column}") filter (where organisation_id = 'denmark') as of_country
                from {mart.name} where basis <> 'published'
                group by {keys}
                having of_country is not null and of_leaf_rows is distinct from of_country
                """
            ).fetchall()
            assert not differing, (mart.table, column)


def test_every_number_says_whether_it_may_be_summed(public):
    missing, meaningless = [], []
    numbers = {
        f"{table}.{name}": column["config"]["meta"]
        for table, node in public.items()
        for name, column in node["columns"].items()
        if NUMBER.match(column["data_type"] or "")
    }
    assert len(numbers) > 300
    for name, meta in numbers.items():
        if meta.get("sum") not in SUMS:
            missing.append(name)
        elif meta.get("unit") in ("percent", "fraction", "point") and meta["sum"] != "no":
            meaningless.append(name)
    assert missing == []
    assert meaningless == []
