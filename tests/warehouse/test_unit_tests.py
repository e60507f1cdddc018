"""dbt's unit tests of the arithmetic in the models."""

from tests.warehouse.empty import build_empty_warehouse, call_dbt


def test_every_unit_test_of_the_models_passes(home):
    build_empty_warehouse(home)
    results = call_dbt(home, "test", "--select", "test_type:unit")
    failed = [f"{r.node.name}: {r.message}" for r in results if r.status != "pass"]
    assert not failed, "\n".join(["", *failed])
    assert len(results) >= 100
