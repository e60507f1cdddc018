"""The evaluation of the sample gives the printed tables, and a second count agrees."""

from collections import Counter, defaultdict
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from klynge import raw_zone
from klynge.releases.reading import open_release

#: Submissions fill these marts. The accounts of 2014 to 2018 are not submitted.
MARTS = (
    "mart_activity_attendance",
    "mart_activity_mix",
    "mart_cluster_overview",
    "mart_company_mix",
    "mart_funding_mix",
    "mart_industry_mix",
    "mart_industry_ranking",
    "mart_institution_participation",
    "mart_international_participation",
    "mart_participant_profile",
    "mart_participation_coverage",
    "mart_retention",
    "mart_staffing",
    "mart_target_progress",
)


@pytest.fixture(scope="module")
def ask(sampled):
    release = open_release(home=sampled)
    return lambda sql: release.arrow(sql).to_pylist()


@pytest.fixture(scope="module")
def companies_by_year(sampled):
    """Return (organisation, year) -> Danish companies in activities funded by the cluster grant."""
    funded = {
        (year, row["organisation_id"], row["activity_id"])
        for year, row in raw_rows(sampled, "activities")
        if row["cluster_grant_funded"]
    }
    found = defaultdict(set)
    for year, row in raw_rows(sampled, "participants"):
        activity = (year, row["organisation_id"], row["activity_id"])
        is_company = row["participant_type"] == "company" and row["country"] == "DK"
        if is_company and activity in funded:
            found[row["organisation_id"], year].add(row["participant_id"])
    return found


def raw_rows(home, dataset):
    for load in raw_zone.read_ledger(home):
        if load.dataset == dataset:
            data = raw_zone.folder(home, dataset, load.load_id) / "data.parquet"
            for row in pq.read_table(data).to_pylist():
                yield load.period, row


@pytest.mark.parametrize("mart", MARTS)
def test_the_sample_fills_every_mart_beside_the_print(ask, mart):
    bases = {row["basis"] for row in ask(f"select distinct basis from evaluation.{mart}")}
    assert "sample" in bases
    assert bases <= {"published", "sample"}


def test_tables_2_to_7_agree_with_the_print_or_say_why_not(ask):
    cells = ask("from audit.mart_print_comparison")
    printed = ask(
        "select figure_id from core.fct_published_figures where document_id = 'dfir_2024' "
        "and table_id in ('table_2', 'table_3', 'table_4', 'table_5', 'table_6', 'table_7')"
        "and table_kind = 'table'"
    )
    assert sorted(c["figure_id"] for c in cells) == sorted(p["figure_id"] for p in printed)
    for cell in cells:
        assert cell["agrees"] == (cell["reason_en"] is None) == (cell["reason_da"] is None), cell
    assert sum(cell["agrees"] for cell in cells) >= 413


def test_companies_are_kept_apart_by_years_of_participation(ask, companies_by_year):
    marts = {
        (row["organisation_id"], row["years_of_participation"]): row["companies"]
        for row in ask("from evaluation.mart_retention where period_id = '2021-2023'")
    }
    years = defaultdict(set)
    for (organisation, year), companies in companies_by_year.items():
        for company in companies:
            years[organisation, company].add(year)
            years["denmark", company].add(year)
    counted = Counter((organisation, len(seen)) for (organisation, _), seen in years.items())
    assert counted == marts


def test_an_area_reached_by_two_companies_is_withheld(ask, companies_by_year, sampled):
    registered = defaultdict(set)
    for _, row in raw_rows(sampled, "companies"):
        registered[row["area_id"]].add(row["company_id"])
    areas = ask(
        "select organisation_id, area_id from core.fct_designations "
        "where call_id = 'innovationskraft_2021_2024' and outcome = 'designated'"
    )
    reached = {
        area["organisation_id"]: len(
            registered[area["area_id"]] & companies_by_year[area["organisation_id"], "2021"]
        )
        for area in areas
        if registered[area["area_id"]]
    }
    coverage = ask(
        "from evaluation.mart_participation_coverage where basis = 'sample' and period_id = '2021'"
    )
    assert {row["organisation_id"] for row in coverage} == reached.keys()
    assert any(0 < companies < 3 for companies in reached.values())
    for row in coverage:
        companies = reached[row["organisation_id"]]
        withheld = 0 < companies < 3
        assert row["is_withheld"] == withheld, row
        assert row["participating_companies"] == (None if withheld else companies), row
        assert withheld == (row["coverage_percent"] is None), row


@pytest.mark.parametrize(
    "mart",
    ["mart_company_mix", "mart_industry_mix", "mart_industry_ranking", "mart_participant_profile"],
)
def test_no_figure_is_about_one_or_two_companies(ask, mart):
    [found] = ask(
        f"select count(*) as rows, min(companies) as least, "
        f"count(*) filter (is_withheld and companies is not null) as shown "
        f"from evaluation.{mart} where basis = 'sample'"
    )
    assert found["rows"] > 0
    assert found["least"] >= 3
    assert found["shown"] == 0


def test_the_programme_is_counted_anew_and_not_added_up(ask):
    shares = ask(
        "select sum(share_percent) as shares from evaluation.mart_cluster_overview "
        "where basis = 'sample' and indicator_id = 'participants' and period_id = '2021-2023'"
    )
    [years] = ask(
        "select sum(national_total) filter (period_id in ('2021', '2022', '2023')) as years, "
        "max(national_total) filter (period_id = '2021-2023') as whole "
        "from evaluation.mart_cluster_overview where basis = 'sample' "
        "and indicator_id = 'participants' and organisation_id = 'made'"
    )
    assert shares[0]["shares"] > 100
    assert Decimal(17864) == years["whole"] < years["years"]
