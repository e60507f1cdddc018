"""Each printed figure of a mart has its document, its line, and whether a finding names it."""

import duckdb
import pytest

from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.warehouse.schemas import MARTS

# tests/conftest.py cannot mark these tests, because `release` requests the fixtures by name
pytestmark = pytest.mark.nightly

#: These columns name the printed figure of a row.
FIGURES = ("figure_id", "printed_figure_id", "decision_figure_id")
PLACE = ["document_id", "line_number", "has_finding"]
#: Each row of this mart is about a finding.
BRIDGE = "audit.mart_figure_findings"


@pytest.fixture(params=["published", "sampled"], scope="module")
def release(request):
    """Open a whole release.

    Gives a connection, and (mart, column that names its printed figure) for each mart with printed
    figures.
    """
    found = open_release(home=request.getfixturevalue(request.param))
    marts = [
        (model, next(name for name in FIGURES if name in model.columns))
        for model in read_models(found).values()
        if model.schema in MARTS and model.name != BRIDGE and {*FIGURES} & {*model.columns}
    ]
    with duckdb.connect(found.whole_database, read_only=True) as connection:
        yield connection, marts


def test_every_mart_with_printed_figures_says_where_they_stand(release):
    _, marts = release
    assert len(marts) > 15
    lacking = [mart.name for mart, _ in marts if not {*PLACE} <= {*mart.columns}]
    assert lacking == []


def test_place_and_findings_are_those_of_the_figure(release):
    connection, marts = release
    wrong = []
    for mart, figure in marts:
        sql = f"""
            from {mart.name} as t
            left join core.fct_published_figures as f on t."{figure}" = f.figure_id
            where
                t.document_id is distinct from f.document_id
                or t.line_number is distinct from f.line_number
                or t.has_finding is distinct from
                coalesce(f.figure_id in (select figure_id from core.fct_figure_findings), false)
            limit 1
        """
        if connection.execute(sql).fetchone():
            wrong.append(mart.name)
    assert wrong == []


def test_a_reader_finds_the_finding_of_a_row(release):
    connection, _ = release
    [(rows, explained)] = connection.execute("""
        select
            count(*),
            count(*) filter (where exists (
                from audit.mart_figure_findings as f where f.figure_id = m.figure_id
            ))
        from evaluation.mart_funding_mix as m where m.has_finding
    """).fetchall()
    assert rows == explained > 0
