"""Each page opens, and each number on it is the number of the release that its link names."""

from contextlib import contextmanager

import pytest

from klynge.releases.reading import open_release
from tests.dashboard.clients import open_client
from tests.dashboard.pages import PATHS, Cells, read

#: Fewer numbers than these on a page mean that a section is lost.
FEWEST = {
    "/": 10, "/klynger": 100, "/klynger/clean": 60, "/omraader": 80, "/aktiviteter": 20,
    "/finansiering": 100, "/performanceregnskab": 200, "/ansoegninger": 60, "/fordeling": 60,
}  # fmt: skip


@contextmanager
def _opened(home):
    release = open_release(home=home)
    with open_client(home) as client, release.connect() as connection:
        yield client, Cells(release, connection)


@pytest.fixture(scope="module")
def of_print(published):
    with _opened(published) as opened:
        yield opened


@pytest.fixture(scope="module")
def of_sample(sampled):
    with _opened(sampled) as opened:
        yield opened


def _wrong_numbers(page, cells, language):
    """Yield each number that is not the one of its link. In a chart, the label ends with it."""
    for link in page.numbers:
        expected = cells.text(link.href, language)
        shown = link.label.rpartition(": ")[2] or link.text.strip()
        if shown.split(" (")[0] != expected:
            yield link, expected


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("prefix", "language"), [("", "da"), ("/en", "en")])
def test_each_number_on_a_page_is_the_number_that_its_link_names(
    of_print, of_sample, path, prefix, language
):
    for client, cells in (of_print, of_sample):
        response = client.get(f"{prefix}{path}")
        page = read(response)
        assert page.language == language
        assert not [*_wrong_numbers(page, cells, language)]
        assert len(page.numbers) >= FEWEST[path], (path, len(page.numbers))
        # a reader sees words, and no codes
        for code in (">leaf<", ">rejected_competition<", ">mio_kr<", ">cluster_grant<", ">gts<"):
            assert code not in response.text, (path, code)


@pytest.mark.parametrize("path", ["/klynger/clean", "/aktiviteter", "/finansiering"])
def test_a_page_of_invented_data_says_so_and_shows_nothing_else(of_sample, path):
    client, cells = of_sample
    page = read(client.get(path, params={"basis": "sample", "period": "2022"}))
    assert not [*_wrong_numbers(page, cells, "da")]
    bases = {link.href.partition("basis=")[2].split("&")[0] for link in page.numbers}
    assert "sample" in bases
    response = client.get(path, params={"basis": "sample"}).text
    assert "opdigtede eksempeldata" in response


@pytest.mark.parametrize("path", [path for path in PATHS if path != "/performanceregnskab"])
def test_a_filter_without_result_is_a_page_with_a_sentence(of_print, path):
    client, _ = of_print
    basis = "<script>' or 1=1 --"
    response = client.get(path, params={"basis": basis, "period": basis, "organisation": basis})
    assert response.status_code == 200
    assert "Der er ingen tal for dette valg" in response.text or "udgivelsen har ingen" in (
        response.text
    )
    assert "<script>" not in response.text


def test_an_address_shows_the_same_view_again(of_sample, sampled):
    client, _ = of_sample
    release = open_release(home=sampled).release_id
    parameters = {"basis": "sample", "period": "2022", "release": release}
    pages = [client.get("/finansiering", params=parameters).text for _ in range(2)]
    assert pages[0] == pages[1]
    # every number leads to the same release
    page = read(client.get("/finansiering", params=parameters))
    assert page.numbers
    assert all(f"release={release}" in link.href for link in page.numbers)


def test_an_unknown_organisation_is_a_page_that_says_so(of_print):
    client, _ = of_print
    response = client.get("/klynger/nobody")
    assert response.status_code in (400, 404)
    assert "Der er ingen organisation" in response.text


def test_the_overview_lists_the_marts_that_changed_since_the_release_before(of_print, of_sample):
    said = "Sammenlignet med udgivelsen"
    assert said not in of_print[0].get("/").text
    text = of_sample[0].get("/").text
    assert said in text
    # the sample fills this mart, and leaves the accounts of 2014-2018 as they are
    assert "Fastholdelse af virksomheder</a>" in text
    assert "Udvikling 2014-2018</a>" not in text
