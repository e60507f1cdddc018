"""Test which tests ``make test-changed`` runs for a changed file."""

import pytest

from tests.changed import RULES_FOR_ALL_FILES, UNIT_TESTS, changed_models, files_to_test


@pytest.mark.parametrize(
    ("file", "some_of_its_tests"),
    [
        ("klynge/print/numbers.py", {"tests/print", "tests/print/test_numbers.py"}),
        ("klynge/whatif/weights.py", {"tests/allocation"}),
        ("sample/counting.py", {"tests/sample"}),
        ("orchestration/nightly.py", {"tests/nightly"}),
        ("tests/submitted.py", {"tests/intake/test_door.py", "tests/cli/test_loads.py"}),
        ("tests/sample/test_counting.py", {"tests/sample/test_counting.py"}),
        ("dbt_project/models/core/dim_period.sql", {UNIT_TESTS}),
        ("contracts/funding.odcs.yaml", {"tests/intake"}),
        ("seeds/reference/units.csv", {"tests/reference"}),
        ("README.md", set(RULES_FOR_ALL_FILES)),
    ],
)
def test_a_changed_file_leads_to_its_tests(file, some_of_its_tests):
    assert some_of_its_tests | set(RULES_FOR_ALL_FILES) <= files_to_test([file])


def test_a_changed_document_leads_to_the_rules_for_all_files_alone():
    assert files_to_test(["docs/glossary.md"]) == set(RULES_FOR_ALL_FILES)


def test_a_changed_model_leads_to_its_own_unit_tests():
    model = "dbt_project/models/core/dim_period.sql"
    assert changed_models([model, "dbt_project/models/core/dim_area.yml", "README.md"]) == [
        "dim_area",
        "dim_period",
    ]
    assert changed_models(["klynge/home.py", "seeds/reference/units.csv"]) == []


@pytest.mark.parametrize(
    "file",
    ["dbt_project/macros/is_withheld.sql", "dbt_project/dbt_project.yml", "profiles/profiles.yml"],
)
def test_a_change_of_what_all_models_use_leads_to_all_unit_tests(file):
    assert UNIT_TESTS in files_to_test([file])
    assert changed_models([file]) is None
    assert changed_models(["dbt_project/models/core/dim_period.sql", file]) is None
