"""Test the content of dbt's page, and the exceptions from the rules of the dbt project."""

import collections
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from klynge import checkout
from klynge.releases.reading import open_release
from klynge.words import SUMS, UNITS

RULES = checkout.DBT_PROJECT / "dbt-bouncer.yml"


@pytest.fixture(scope="module")
def manifest(published):
    return json.loads((published.build / "parsed" / "manifest.json").read_text(encoding="utf-8"))


def described(manifest):
    """Return every model, seed and source table."""
    nodes = (*manifest["nodes"].values(), *manifest["sources"].values())
    return [n for n in nodes if n["resource_type"] in ("model", "seed", "source")]


def test_everything_on_the_page_is_described(manifest):
    own = [m for m in manifest["macros"].values() if m["package_name"] == "klyngedata"]
    named = {
        **{node["name"]: node["description"] for node in described(manifest)},
        **{
            f"{node['name']}.{name}": column["description"]
            for node in described(manifest)
            for name, column in node["columns"].items()
        },
        **{one["name"]: one["description"] for one in manifest["exposures"].values()},
        **{macro["name"]: macro["description"] for macro in own},
        **{f"{m['name']}({a['name']})": a["description"] for m in own for a in m["arguments"]},
        **{test["name"]: test["description"] for test in manifest["unit_tests"].values()},
        **{
            node["name"]: node["description"]
            for node in manifest["nodes"].values()
            if node["resource_type"] == "test" and not node.get("test_metadata")
        },
    }
    assert [name for name, description in named.items() if not description] == []
    assert "Klyngedata" in manifest["docs"]["doc.klyngedata.__overview__"]["block_contents"]


def test_a_column_has_one_wording_in_all_tables(manifest):
    """A column is described by the docs block that has its name.

    A second meaning of the column has a docs block with a suffix.
    """
    places = collections.defaultdict(list)
    for node in described(manifest):
        for name, column in node["columns"].items():
            places[name].append((node["name"], column.get("doc_blocks") or []))
    wrong = [
        f"{table}.{name}"
        for name, found in places.items()
        for table, blocks in found
        if len(found) > 1
        and not any(
            re.fullmatch(rf"doc\.klyngedata\.column_{name}(__\w+)?", block) for block in blocks
        )
    ]
    assert wrong == []


def test_every_column_block_is_used(manifest):
    used = {
        block
        for node in described(manifest)
        for column in node["columns"].values()
        for block in column.get("doc_blocks") or []
    }
    blocks = {name for name in manifest["docs"] if name.startswith("doc.klyngedata.column_")}
    assert blocks == used


def test_the_raw_tables_have_the_declared_columns_and_types(published, manifest):
    release = open_release(home=published).whole_database
    with duckdb.connect(str(release), read_only=True) as connection:
        rows = connection.execute(
            "select table_name, column_name, lower(data_type) from information_schema.columns "
            "where table_schema = 'raw' order by table_name, ordinal_position"
        ).fetchall()
    found = collections.defaultdict(dict)
    for table, column, data_type in rows:
        found[table][column] = data_type
    declared = {
        source["name"]: {n: column["data_type"] for n, column in source["columns"].items()}
        for source in manifest["sources"].values()
    }
    assert declared == found


def test_the_page_of_a_release_shows_types_and_overview(published):
    page = (published.releases / "current" / "docs" / "index.html").read_text(encoding="utf-8")
    assert "DECIMAL(18,2)" in page
    assert "How to trace a figure" in page


def test_every_public_table_has_a_danish_and_an_english_label(manifest):
    public = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    without = [
        node["name"]
        for node in public
        if not {"label_da", "label_en"} <= node["config"]["meta"].keys()
    ]
    assert without == []


def test_every_unit_and_every_sum_has_words(manifest):
    columns = [c for n in manifest["nodes"].values() for c in n.get("columns", {}).values()]
    for key, words in (("unit", UNITS), ("sum", SUMS)):
        assert {c["meta"][key] for c in columns if c["meta"].get(key)} <= words.keys(), key


def test_a_release_exposes_every_public_model(manifest):
    public = {
        name
        for name, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["access"] == "public"
    }
    release = manifest["exposures"]["exposure.klyngedata.nightly_release"]
    assert set(release["depends_on"]["nodes"]) == public


def test_every_group_has_a_team_and_models(manifest):
    groups = {group["name"]: group["owner"]["name"] for group in manifest["groups"].values()}
    models = [n for n in manifest["nodes"].values() if n["resource_type"] == "model"]
    assert all(owner.endswith(" team") for owner in groups.values())
    assert {model["group"] for model in models} == groups.keys()


def test_every_exception_from_a_rule_has_its_reason_above_it():
    lines = RULES.read_text(encoding="utf-8").splitlines()
    for before, line in itertools.pairwise(lines):
        if line.lstrip().startswith("- ^"):
            assert before.lstrip().startswith("# "), line


def test_every_exception_from_a_rule_is_needed(published, tmp_path):
    rules = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    excluded = [
        (number, rule["name"], path)
        for number, rule in enumerate(rules["manifest_checks"])
        for path in rule.pop("exclude", [])
    ]
    config, failures = tmp_path / "dbt-bouncer.yml", tmp_path / "failures.json"
    config.write_text(
        yaml.safe_dump({**rules, "dbt_artifacts_dir": str(published.build / "parsed")})
    )
    subprocess.run(
        [
            Path(sys.executable).with_name("dbt-bouncer"),
            *("run", "--config-file", config, "--output-file", failures),
            "--output-only-failures",
        ],
        check=False,
        capture_output=True,
        env={**os.environ, "NO_COLOR": "1"},
    )
    found = [
        (int(failure["check_run_id"].split(":")[1]), failure["file_path"])
        for failure in json.loads(failures.read_text(encoding="utf-8"))
    ]
    needless = [
        f"{name}: {pattern}"
        for number, name, pattern in excluded
        if not any(n == number and re.match(pattern, file) for n, file in found)
    ]
    unknown = [
        file for n, file in found if not any(n == m and re.match(p, file) for m, _, p in excluded)
    ]
    assert (needless, unknown) == ([], [])
