"""The column lineage of small models."""

import pytest

from klynge.lineage import ColumnLineage
from klynge.lineage.models import CompiledModels
from tests.lineage.test_tracing import TABLES, model

COLUMNS = {
    table: dict(part.split(" ") for part in declared.split(", "))
    for table, (declared, _) in TABLES.items()
}


def sources(*models):
    lineage = ColumnLineage(CompiledModels(models, {}), COLUMNS)
    return {
        (column, f"{table}.{source}", kind)
        for one in models
        if one.schema == "evaluation"
        for column, deciders in lineage.origins(one.name).items()
        for kind, table, source in deciders
    }


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select company from raw.visits", {("company", "raw.visits.company", "value")}),
        (
            "select company from raw.visits where persons > 1",
            {
                ("company", "raw.visits.company", "value"),
                ("company", "raw.visits.persons", "filter"),
            },
        ),
        (
            "select names.name from raw.visits as v "
            "join reference.names as names on v.organisation = names.organisation",
            {
                ("name", "reference.names.name", "value"),
                ("name", "raw.visits.organisation", "join"),
                ("name", "reference.names.organisation", "join"),
            },
        ),
        (
            "select count(*) as visits from raw.visits group by company",
            {("visits", "raw.visits.*", "value"), ("visits", "raw.visits.company", "group")},
        ),
        (
            "select row_number() over (partition by company order by persons) as place "
            "from raw.visits",
            {("place", "raw.visits.company", "group"), ("place", "raw.visits.persons", "order")},
        ),
        ("select 'fixed' as word from raw.visits", {("word", "raw.visits.*", "value")}),
        (
            "select company from raw.visits as v where not exists "
            "(select 1 from raw.blocked as b where b.company = v.company)",
            {
                ("company", "raw.visits.company", "value"),
                ("company", "raw.visits.company", "filter"),
                ("company", "raw.blocked.company", "filter"),
            },
        ),
    ],
)
def test_a_column_has_its_sources_and_what_they_are_to_it(sql, expected):
    assert sources(model("evaluation.one", sql)) == expected


def test_uses_are_kept_through_models():
    step = model(
        "core.step", "select company, sum(persons) as persons from raw.visits group by company"
    )
    last = model("evaluation.last", "select company from core.step as step where step.persons > 3")
    assert ("company", "raw.visits.persons", "filter") in sources(step, last)
