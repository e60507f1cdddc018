"""dbt's unit tests of the arithmetic in the models."""

from tests.warehouse.empty import build_empty_warehouse, call_dbt


def test_every_unit_test_of_the_models_passes(home, request):
    models = request.config.getoption("--unit-tests-of")
    selected = ["test_type:unit"]
    if models is not None:
        selected = [f"{model}+1,test_type:unit" for model in models.split(",")]
    build_empty_warehouse(home)
    results = call_dbt(home, "test", "--select", *selected)
    failed = [f"{r.node.name}: {r.message}" for r in results if r.status != "pass"]
    assert not failed, "\n".join(["", *failed])
    assert models is not None or len(results) >= 100
