"""In the star for BI tools, plain sums are the printed figures; each edition has all keys."""

from decimal import Decimal

import duckdb
import pytest
import yaml

from expectations.suites.star import read_facts
from klynge import checkout
from klynge.intake.contracts import read_contracts
from klynge.reference.seeds import shipped_reference
from klynge.releases.reading import DATABASE, open_release
from klynge.warehouse.schemas import STAR

pytestmark = pytest.mark.nightly

#: (a plain sum as a BI tool writes it, the printed figures that it must give)
SUMS = (
    (
        "sum(applications), sum(recommended_applications), sum(applied_amount_kr), "
        "sum(recommended_amount_kr) from fact_applications",
        (28, 22, 1_209_500_000, 662_000_000),
    ),
    ("sum(amount_kr) from fact_funding", (1_238_200_000,)),
    (
        "sum(amount_kr) from fact_funding join organisation using (organisation_id) "
        "where organisation.name_da = 'Ikke fordelt'",
        (55_900_000,),
    ),
    (
        "sum(amount_kr) from fact_funding join funding_source using (funding_source_id) "
        "where funding_source.name_en = 'Cluster grant'",
        (364_900_000,),
    ),
    (
        "sum(amount_kr) from fact_accounts_funding join date using (date_id) "
        "where date.year = 2018",
        (494_370_000,),
    ),
    # a figure of several years is in no single year
    (
        "sum(amount_kr) from fact_funding join date using (date_id) "
        "where date.year is null and date.name_en = 'Several years'",
        (1_238_200_000,),
    ),
    (
        "sum(pot_kr) from fact_pots join call using (call_id) where call.first_year = 2025",
        (662_000_000,),
    ),
    (
        "sum(smes_in_collective_activities), sum(smes_developing_concepts) "
        "from fact_expected_results",
        (5562, 683),
    ),
    ("sum(activities) from fact_activities", (3299,)),
)


@pytest.fixture(params=["published", "sampled"], scope="module")
def release(request):
    return open_release(home=request.getfixturevalue(request.param))


@pytest.fixture(scope="module")
def editions(release):
    """Give a connection to each edition of a release."""
    paths = {release.path / DATABASE, release.whole_database}
    connections = [duckdb.connect(path, read_only=True) for path in sorted(paths)]
    yield connections
    for connection in connections:
        connection.close()


@pytest.mark.parametrize(("query", "printed"), SUMS)
def test_a_plain_sum_is_the_printed_figure(editions, query, printed):
    for connection in editions:
        [found] = connection.execute(f"select {query}").fetchall()
        assert found == tuple(map(Decimal, printed)), query


def test_the_sample_stands_alone_in_a_fact(editions):
    for fact in read_facts():
        bases = editions[0].execute(f"select distinct basis_id from {fact.name}").fetchall()
        assert ("sample",) not in bases or len(bases) == 1, fact.name


def test_each_edition_has_the_keys_of_the_star(editions):
    declared = {
        (f"{fact.name}", column, table, key)
        for fact in read_facts()
        for column, (table, key) in fact.dimensions.items()
    }
    for connection in editions:
        keys = connection.execute(
            "select schema_name || '.' || table_name, constraint_type, "
            "constraint_column_names[1], referenced_table, referenced_column_names[1] "
            "from duckdb_constraints() where schema_name = ?",
            [STAR],
        ).fetchall()
        foreign = {
            (table, column, f"{STAR}.{referenced}", key)
            for table, kind, column, referenced, key in keys
            if kind == "FOREIGN KEY"
        }
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name = ?",
            [STAR],
        ).fetchall()
        assert foreign == declared
        assert {table for table, kind, *_ in keys if kind == "PRIMARY KEY"} == {
            table for (table,) in tables
        }


def test_show_tables_shows_the_star_with_comments(editions):
    for connection in editions:
        tables = connection.execute(
            "select table_name from duckdb_tables() where schema_name = ?", [STAR]
        ).fetchall()
        assert {name for name, *_ in connection.execute("show tables").fetchall()} == {
            table for (table,) in tables
        }
        commented = connection.execute(
            "select view_name from duckdb_views() where schema_name = 'main' and comment <> ''"
        ).fetchall()
        assert sorted(commented) == sorted(tables)
        without = connection.execute(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'main' and not internal and comment is null"
        ).fetchall()
        assert without == []


def test_every_member_of_a_dimension_has_names(editions):
    tables = {table for fact in read_facts() for table, _ in fact.dimensions.values()}
    for table in tables:
        unnamed = (
            editions[0]
            .execute(
                f"from {table} where name_da is null or name_en is null or '' in (name_da, name_en)"
            )
            .fetchall()
        )
        assert unnamed == [], table


def test_every_code_of_a_contract_has_names():
    """If the star had no name for a code, its foreign key would stop the build."""
    labels = shipped_reference().rows("code_labels")
    codes = {
        (contract, column.name): column.allowed
        for contract, declared in read_contracts(checkout.CONTRACTS).items()
        for column in declared.columns
    }
    for contract, column, code_list in (
        ("funding", "funding_source", "funding_source"),
        ("participants", "participant_type", "participant_type"),
        ("memberships", "member_type", "member_type"),
        ("full_time_equivalents", "staff_funder", "staff_funder"),
    ):
        named = {row["code"] for row in labels if row["code_list"] == code_list}
        assert set(codes[contract, column]) <= named


def test_the_parquet_files_of_the_star_are_in_one_folder(release, editions):
    tables = editions[0].execute(
        "select table_name from duckdb_tables() where schema_name = ?", [STAR]
    )
    files = {path.stem for path in (release.path / STAR).iterdir()}
    assert files == {table for (table,) in tables.fetchall()}
    assert len(release.table("fact_funding")) > 60


def metrics_of_measures():
    """Return (fact, measure) -> name of the metric that sums the measure without a filter."""
    found = {}
    for path in sorted((checkout.DBT_PROJECT / "models" / STAR / "metrics").glob("*.yml")):
        declared = yaml.safe_load(path.read_text(encoding="utf-8"))
        summed = {
            measure["name"]: (f"{STAR}.{model['model'].split(chr(39))[1]}", measure["expr"])
            for model in declared.get("semantic_models", ())
            for measure in model.get("measures", ())
            if measure["agg"] == "sum"
        }
        for metric in declared.get("metrics", ()):
            measure = metric["type_params"].get("measure")
            if metric["type"] == "simple" and measure in summed and "filter" not in metric:
                found[summed[measure]] = metric["name"]
    return found


def test_a_plain_sum_over_a_dimension_is_the_metric(editions, release):
    metrics = metrics_of_measures()
    for fact in read_facts():
        for measure in fact.measures:
            metric = metrics[fact.name, measure]
            for column, (table, key) in fact.dimensions.items():
                if table == f"{STAR}.date":
                    continue
                plain = editions[0].execute(
                    f"select f.{column}, sum(f.{measure}) as total from {fact.name} f "
                    f"join {table} d on f.{column} = d.{key} "
                    "group by all having total is not null"
                )
                answer = release.metric(metric, by=column.removesuffix("_id"))
                asked = {
                    code: value
                    for code, value in zip(answer.iloc[:, 0], answer[metric], strict=True)
                    if value is not None
                }
                assert asked == dict(plain.fetchall()), (metric, column)
