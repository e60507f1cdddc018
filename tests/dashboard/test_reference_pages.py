"""The pages of documents, audit, data and quality, and the search."""

from urllib.parse import urlsplit

import pytest

from klynge.releases.reading import RESTRICTED, open_release
from tests.dashboard.clients import open_client
from tests.dashboard.pages import read

PATHS = {
    "/revision": ("Revision", "Audit"),
    "/revision?fund=total_of_other_money_against_its_thirteen_rows": ("The total", "The total"),
    "/kilder": ("Kilder", "Sources"),
    "/kilder/dfir_2024": ("Det danske klyngeprogram", "Det danske klyngeprogram"),
    "/data": ("Data", "Data"),
    "/data/mart_funding_mix": ("Finansieringskilder", "Funding"),
    "/kvalitet": ("Kvalitet og indlæsning", "Quality and loads"),
    "/soeg?q=clean": ("Søg", "Search"),
    "/spor": ("Hvad der afhænger", "What depends"),
    "/model/mart_funding_mix": ("Finansieringskilder", "Funding"),
}


@pytest.fixture(scope="module")
def client(sampled):
    with open_client(sampled) as opened:
        yield opened


@pytest.mark.parametrize("path", PATHS)
def test_each_page_opens_in_both_languages(client, path):
    for prefix, language, title in zip(("", "/en"), ("da", "en"), PATHS[path], strict=True):
        page = read(client.get(prefix + path))
        assert page.language == language
        assert page.headings[0].startswith(title)


def test_each_table_of_a_document_lists_its_figures_with_links(client, sampled):
    [count] = (
        open_release(home=sampled)
        .arrow(
            "select count(*) as n from core.fct_published_figures "
            "where document_id = 'dfir_2024' and table_id = 'table_2'"
        )
        .to_pylist()
    )
    page = read(client.get("/kilder/dfir_2024?afsnit=table_2"))
    assert len(page.numbers) == count["n"]
    file = client.get("/hent/kilder/dfir_2024?afsnit=table_2&tabel=tal&format=csv")
    assert len(file.text.splitlines()) == count["n"] + 1


def test_the_audit_lists_each_finding_once_and_each_opens(client, sampled):
    [count] = (
        open_release(home=sampled)
        .arrow("select count(*) as n from audit.mart_findings")
        .to_pylist()
    )
    found = [one.href for one in read(client.get("/revision")).links if "fund=" in one.href]
    assert len(found) == len(set(found)) == count["n"]
    assert read(client.get(found[0])).numbers


@pytest.mark.parametrize("form", ["xlsx", "csv-da", "csv", "parquet", "json"])
def test_a_whole_table_can_be_taken_away(client, form):
    answer = client.get("/tabel/mart_expected_totals", params={"format": form})
    assert answer.status_code == 200
    assert "mart_expected_totals" in answer.headers["content-disposition"]
    assert answer.content


def test_every_table_of_the_analysts_edition_has_a_page(client, sampled):
    manifest = open_release(home=sampled).manifest
    names = [
        f"{one['schema']}.{one['table']}"
        for one in manifest["tables"]
        if one["edition"] != RESTRICTED
    ]
    listed = {urlsplit(one.href).path for one in read(client.get("/data")).links}
    assert {f"/data/{name}" for name in names} <= listed
    # the largest tables and those with unusual columns are among every seventh
    for name in names[::7]:
        assert client.get(f"/data/{name}").status_code == 200, name


def test_pages_of_rows_lead_through_all_rows(client):
    first = client.get("/data/core.fct_published_figures")
    last = client.get("/data/core.fct_published_figures?side=999999")
    assert 'rel="next"' in first.text
    assert 'rel="prev"' not in first.text
    assert 'rel="prev"' in last.text
    assert 'rel="next"' not in last.text


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("clean", "/klynger/clean"),
        ("omraade", "/omraader"),
        ("kvalitet indlaesning", "/kvalitet"),
        ("innovationskraft", "/kilder/dfir_2024"),
        ("funding mix", "/data/evaluation.mart_funding_mix"),
        ("forbrugte midler", "/noegletal/money_consumed"),
        ("money consumed", "/noegletal/money_consumed"),
        ("arsvaerk", "/noegletal/full_time_equivalents"),
    ],
)
def test_the_search_finds_and_its_hits_open(client, query, path):
    for prefix in ("", "/en"):
        links = read(client.get(f"{prefix}/soeg", params={"q": query})).links
        hits = [one.href for one in links if urlsplit(one.href).path == prefix + path]
        assert hits, (prefix, query)
        assert client.get(hits[0]).status_code == 200


def test_a_search_without_a_hit_names_near_words(client):
    answer = client.get("/soeg?q=finansierin gskilderr")
    assert "Intet har alle disse ord" in answer.text
    assert "finansiering" in answer.text


def test_the_state_of_the_server_is_for_the_secretariat(sampled, client):
    with open_client(sampled, role="public") as public:
        assert "gør nu" not in public.get("/kvalitet").text
    assert "gør nu" in client.get("/kvalitet").text
