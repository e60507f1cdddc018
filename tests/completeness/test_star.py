"""The star counts each year once, and marks a year that not all reporters have reported."""

from contextlib import contextmanager
from dataclasses import replace

import pytest

from klynge import checkout
from klynge.home import Home
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import which_loads_count
from klynge.lineage.workspace import run_models, workspace
from klynge.print.documents import land_documents
from klynge.raw_zone import write_load
from klynge.releases.models import read_models
from klynge.releases.reading import open_release
from klynge.releases.rebuilding import write_reference
from klynge.warehouse.raw_tables import BuildInputs, write_raw_tables
from tests.completeness.files import ORGANISATIONS, YEARS
from tests.completeness.histories import (
    History,
    every_slot,
    expected_of,
    loads_of,
    whole_history,
)
from tests.completeness.worlds import table_of

PRINTED = "2021-2023"
FACTS = ("fact_funding", "fact_staff", "fact_activities")
MARTS = ["evaluation.mart_funding_mix", "evaluation.mart_staffing"]
#: Nobody has reported anything.
NOTHING = replace(whole_history(), outcomes={}, registers={})


@pytest.fixture(scope="module")
def models(published):
    return read_models(open_release(home=published))


@contextmanager
def star_of(models, home: Home, history: History):
    """Build the star of a history, with its keys, and two marts; give a connection to them."""
    contracts = read_contracts(checkout.CONTRACTS)
    ledger = []
    for load, rows in loads_of(history):
        ledger.append(load)
        write_load(home, load, table_of(load, rows, contracts[load.dataset]))
    loads = [*land_documents(home, checkout.SEEDS), *which_loads_count(ledger)]
    with workspace() as connection:
        inputs = BuildInputs(loads, contracts, ledger, expected_of(history))
        write_raw_tables(connection, home, inputs)
        write_reference(connection, checkout.SEEDS / "reference", models.seeds)
        wanted = [*MARTS, *(name for name in models if name.startswith("bi."))]
        run_models(connection, models.build_plan(set(), wanted), with_keys=True)
        yield connection


def periods_of(connection, fact):
    """Return period -> basis for the rows of a fact."""
    return dict(
        connection.execute(f"select distinct period_id, basis_id from bi.{fact}").fetchall()
    )


def test_an_unfinished_year_has_a_period_of_its_own(models, home):
    history = replace(NOTHING, outcomes=dict.fromkeys(every_slot(ORGANISATIONS[:1]), "in"))
    with star_of(models, home, history) as connection:
        # the print covers the first three years of funding and activities, but no staff
        assert periods_of(connection, "fact_funding") == {
            PRINTED: "published",
            "2024_so_far": "reported",
        }
        assert periods_of(connection, "fact_activities") == periods_of(connection, "fact_funding")
        assert periods_of(connection, "fact_staff") == {f"{y}_so_far": "reported" for y in YEARS}
        sums = connection.execute(
            "select sum(amount_kr) from bi.fact_funding where period_id = '2024_so_far' union all "
            "select sum(amount_kr) from evaluation.mart_funding_mix "
            "where period_id = '2024' and organisation_id = 'reported_so_far'"
        ).fetchall()
        assert len(set(sums)) == 1
        [name] = connection.execute(
            "select name_da from bi.period where period_id = '2024_so_far'"
        ).fetchone()
        assert name == "2024 indtil nu (ikke alle har indberettet)"


def test_reported_years_take_the_place_of_the_print(models, home):
    with star_of(models, home, whole_history()) as connection:
        for fact in FACTS:
            assert periods_of(connection, fact) == {str(y): "reported" for y in YEARS}, fact
        sums = connection.execute(
            "select period_id, sum(full_time_equivalents) from bi.fact_staff group by all "
            "union select period_id, sum(full_time_equivalents) from evaluation.mart_staffing "
            "where organisation_id = 'denmark' and period_kind = 'year' group by all"
        ).fetchall()
        assert len(sums) == len(YEARS)


def test_the_sample_counts_only_where_nothing_else_is_there(models, home):
    history = replace(NOTHING, sample=ORGANISATIONS)
    with star_of(models, home, history) as connection:
        assert periods_of(connection, "fact_funding") == {PRINTED: "published"}
        assert set(periods_of(connection, "fact_staff").values()) == {"sample"}
