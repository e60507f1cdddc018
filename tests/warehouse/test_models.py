"""The rules that the models keep to, read off dbt's manifest and the files themselves."""

import json
import re

import duckdb
import pytest

from klynge import checkout
from klynge.releases.reading import DATABASE

MODELS = checkout.DBT_PROJECT / "models"
#: Which layers a model may read: its folder -> the folders (or kinds) of what it refers to.
MAY_READ = {
    "staging": {"source", "seed"},
    "intermediate": {"staging", "intermediate"},
    "core": {"staging", "intermediate", "core"},
    "evaluation": {"core", "intermediate", "evaluation"},
    "scores": {"core", "intermediate", "scores"},
    "allocation": {"core", "intermediate", "allocation", "scores"},
    "audit": {"core", "intermediate", "audit", "evaluation", "scores", "allocation", "source"},
}
#: What only DuckDB understands stands in macros/dialect, where another engine can replace it.
ENGINE_SPECIFIC = re.compile(
    r"::|->|//|\b(hugeint|qualify|exclude)\b"
    r"|\b(try_cast|regexp_\w+|string_split|list_\w+|struct_\w+|strpos|generate_series|string_agg"
    r"|arg_max|strftime|sha256|unnest|read_\w+)\s*\("
)


@pytest.fixture(scope="module")
def manifest(published):
    path = published.build / "parsed" / "manifest.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def models(manifest):
    return {i: n for i, n in manifest["nodes"].items() if n["resource_type"] == "model"}


def sql_files():
    return sorted(MODELS.rglob("*.sql"))


def code(path) -> str:
    """A model's SQL without comments, strings and calls of macros."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|--[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"'[^']*'", "''", text)


def test_every_layer_reads_only_what_it_may(manifest, models):
    for model in models.values():
        for parent in model["depends_on"]["nodes"]:
            node = manifest["nodes"].get(parent) or manifest["sources"][parent]
            kind = node["resource_type"]
            layer = node["schema"] if kind == "model" else kind
            assert layer in MAY_READ[model["schema"]], (
                f"{model['name']} reads {layer} {node['name']}"
            )


def test_schemas_are_named_as_folders(models):
    for model in models.values():
        # the draws have a folder of their own below their schema's
        path = model["original_file_path"].replace("intermediate/draws/", "intermediate/")
        assert model["schema"] == path.split("/")[-2]


def test_every_model_has_its_grain_described_and_tested(manifest, models):
    tested = set()
    for node in manifest["nodes"].values():
        # a test of a whole model has no metadata
        if node.get("test_metadata") and node["test_metadata"]["name"] in (
            "unique",
            "unique_grain",
        ):
            tested.add(node["attached_node"])
    for identifier, model in models.items():
        assert model["description"].startswith("One row per "), model["name"]
        assert identifier in tested, f"the grain of {model['name']} is not tested"


def test_what_is_published_keeps_a_contract_and_speaks_both_languages(models):
    for model in models.values():
        if model["schema"] in ("staging", "intermediate"):
            continue
        assert model["contract"]["enforced"], model["name"]
        for name, column in model["columns"].items():
            where = f"{model['name']}.{name}"
            assert column["data_type"], where
            assert column["description"], where
            assert {"label_da", "label_en"} <= column["config"]["meta"].keys(), where


def test_whoever_names_a_person_or_company_is_kept_for_the_restricted_edition(published, models):
    with duckdb.connect(str(published.releases / "current" / DATABASE), read_only=True) as release:
        names = release.execute(
            "select distinct table_name from information_schema.columns "
            "where column_name in "
            "('participant_id', 'member_id', 'company_id', 'assessor_id') and table_schema <> 'raw'"
        ).fetchall()
    restricted = {
        model["name"]
        for model in models.values()
        if model["config"]["meta"].get("edition") == "restricted"
    }
    assert {"fct_participants", "fct_memberships", "fct_company_population"} <= restricted
    assert {name for (name,) in names} <= restricted


@pytest.mark.parametrize("path", sql_files(), ids=lambda p: p.stem)
class TestSql:
    def test_it_is_short_and_has_its_own_yml(self, path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 120
        assert path.with_suffix(".yml").is_file()

    def test_division_and_averages_go_through_the_dialect_macros(self, path):
        assert not re.search(r"\w\s*/\s*\w|\bavg\s*\(", code(path))

    def test_what_one_engine_understands_stays_in_the_dialect(self, path):
        assert not ENGINE_SPECIFIC.search(code(path))

    def test_every_order_says_where_nulls_stand(self, path):
        for order in re.findall(r"order by(.*?)\)", code(path), flags=re.DOTALL):
            for column in order.split(","):
                assert re.search(r"nulls (first|last)", column), column

    def test_no_clock_and_no_chance(self, path):
        assert not re.search(r"\b(now|current_\w+|today|random|uuid|is_incremental)\b", code(path))


def test_macros_outside_the_dialect_are_portable():
    for path in (checkout.DBT_PROJECT / "macros").glob("*.sql"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not ENGINE_SPECIFIC.search(text), path.name
