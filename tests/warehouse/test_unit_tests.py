"""Run dbt's unit tests of the arithmetic in the models."""

import pytest

from tests.warehouse.empty import build_empty_warehouse, call_dbt


@pytest.fixture
def selected(request) -> list[str]:
    """Select unit tests in dbt's syntax: all, unless pytest was given models."""
    models = request.config.getoption("--unit-tests-of")
    if models is None:
        return ["test_type:unit"]
    return [f"{model}+1,test_type:unit" for model in models.split(",")]


def test_every_unit_test_of_the_models_passes(home, selected):
    build_empty_warehouse(home)
    results = call_dbt(home, "test", "--select", *selected)
    failed = [f"{r.node.name}: {r.message}" for r in results if r.status != "pass"]
    assert not failed, "\n".join(["", *failed])
    assert selected != ["test_type:unit"] or len(results) >= 100
