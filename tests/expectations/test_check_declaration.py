"""Test what the project adds to an expectation: id, owner and keys."""

import pytest
from great_expectations.expectations import (
    ExpectColumnValuesToNotBeNull,
    UnexpectedRowsExpectation,
)

from expectations import rules
from expectations.declaration import (
    WAREHOUSE,
    about,
    build_suite,
    check_id,
    core_type,
    require_unique_ids,
)
from expectations.gate import gate_suites


class LoadsAreNamed(ExpectColumnValuesToNotBeNull):
    column: str = "load_id"
    description: str = "Every load has an id."


def test_the_id_of_a_check_is_its_class_name_or_is_given():
    assert check_id(LoadsAreNamed()) == "loads_are_named"
    assert check_id(LoadsAreNamed(meta={"check_id": "another"})) == "another"


def test_the_meta_of_an_expectation_has_its_id_and_its_owner():
    suite = build_suite(
        "core.fct_loads", [LoadsAreNamed(meta=about("another", WAREHOUSE))], keys=("load_id",)
    )
    [expectation] = suite.expectations
    assert suite.name == "core.fct_loads"
    assert suite.meta["keys"] == ["load_id"]
    assert expectation.meta == {"check_id": "another", "owner": WAREHOUSE}


def test_ids_are_unique():
    suites = [build_suite(table, [LoadsAreNamed()]) for table in ("a.b", "a.c")]
    require_unique_ids(suites[:1])
    with pytest.raises(ValueError, match="declared twice: loads_are_named"):
        require_unique_ids(suites)


def test_a_rule_is_read_from_its_file(tmp_path, monkeypatch):
    folder = tmp_path / "core.fct_loads"
    folder.mkdir()
    file = folder / "loads_have_rows.sql"
    file.write_text(
        "-- Every load\n-- has rows.\n-- owner: warehouse\n\n-- a note\nselect 1 from {batch}\n"
    )
    monkeypatch.setattr(rules, "FOLDER", tmp_path)
    [(table, rule)] = rules.read_rules()
    assert table == "core.fct_loads"
    assert check_id(rule) == "loads_have_rows"
    assert type(rule).__name__ == "LoadsHaveRows"
    assert rule.description == "Every load has rows."
    assert rule.meta == {"owner": "warehouse"}
    assert rule.unexpected_rows_query == "-- a note\nselect 1 from {batch}\n"


def test_a_rule_without_an_owner_is_refused(tmp_path, monkeypatch):
    (tmp_path / "core.t").mkdir()
    (tmp_path / "core.t" / "orphan.sql").write_text("-- A rule.\n\nselect 1 from {batch}\n")
    monkeypatch.setattr(rules, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"orphan\.sql must begin with a sentence"):
        list(rules.read_rules())


def test_a_rule_with_an_unknown_owner_is_refused(tmp_path, monkeypatch):
    (tmp_path / "core.t").mkdir()
    (tmp_path / "core.t" / "lost.sql").write_text(
        "-- A rule.\n-- owner: nobody\n\nselect 1 from {batch}\n"
    )
    monkeypatch.setattr(rules, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"lost\.sql names nobody as owner; give one of secretari"):
        list(rules.read_rules())


def test_the_core_type_is_that_of_great_expectations():
    assert core_type(LoadsAreNamed()) is ExpectColumnValuesToNotBeNull
    rule = UnexpectedRowsExpectation(unexpected_rows_query="from {batch}")
    assert core_type(rule) is UnexpectedRowsExpectation


def test_a_rule_that_does_not_read_its_table_is_refused(tmp_path, monkeypatch):
    folder = tmp_path / "core.fct_loads"
    folder.mkdir()
    (folder / "loads_have_rows.sql").write_text(
        "-- Every load has rows.\n-- owner: warehouse\n\nselect 1 from core.fct_loads\n"
    )
    monkeypatch.setattr(rules, "FOLDER", tmp_path)
    with pytest.raises(ValueError, match=r"loads_have_rows.sql must read its table"):
        list(rules.read_rules())


def test_no_check_of_the_gate_lets_some_rows_pass():
    for suite in gate_suites():
        for expectation in suite.expectations:
            assert getattr(expectation, "mostly", 1) == 1, check_id(expectation)
