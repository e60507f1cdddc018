"""A number on a page leads to its own page, and from there to a line or to the rows of a file."""

import json
import random
import re
import time

import pytest
from markupsafe import escape

from dashboard.formats import format_value
from klynge.messages import Language
from klynge.releases.reading import open_release
from klynge.tracing.renderings import format_value as exact_text
from tests.dashboard.clients import open_client
from tests.dashboard.pages import read

#: A page asks again for a trace at most this many times.
TRIES = 100
STAFF = "/tal/fct_full_time_equivalents/full_time_equivalents"
PRINTED = {"figure_id": "dfir_2024#t2.total.participants"}


@pytest.fixture(scope="module")
def of_print(published):
    with open_client(published) as client:
        yield client


@pytest.fixture(scope="module")
def of_sample(sampled):
    with open_client(sampled) as client:
        yield client


@pytest.fixture(scope="module")
def of_public(sampled):
    with open_client(sampled, role="public") as client:
        yield client


def traced(client, path, **parameters):
    """Open the page of a number, and ask again until its trace is there."""
    for _ in range(TRIES):
        answer = client.get(path, params=parameters or None)
        assert answer.status_code == 200, answer.text[:500]
        if 'role="status"' not in answer.text:
            return answer
        time.sleep(0.2)
    pytest.fail(f"the trace of {path} was not ready")


def staff_of_the_sample(home):
    """The load and the key of a figure that one row of a submitted file supports."""
    release = open_release(home=home)
    [key] = release.arrow(
        "select organisation_id, year, staff_funder, basis from core.fct_full_time_equivalents "
        "where basis = 'sample' order by all limit 1"
    ).to_pylist()
    [load] = release.arrow(
        "select load_id from audit.mart_loads where dataset = 'full_time_equivalents' "
        f"and basis = 'sample' and counts and period = '{key['year']}'"
    ).to_pylist()
    return load["load_id"], key


def value_of(answer):
    return re.search(r'class="figure-value"><strong>(.*?)</strong>', answer.text)[1]


def test_a_number_of_a_page_leads_to_the_line_of_its_document(of_print):
    overview = read(of_print.get("/finansiering"))
    chosen = next(one for one in overview.numbers if one.text.strip() not in ("", "–"))
    answer = traced(of_print, chosen.href)
    assert value_of(answer) == (chosen.label.rpartition(": ")[2] or chosen.text.strip())
    assert "BEVIST" in answer.text
    to_line = [one for one in read(answer).links if "/kilder/" in one.href and "#l" in one.href]
    assert to_line
    document = of_print.get(to_line[0].href.partition("#")[0])
    assert f'id="{to_line[0].href.partition("#")[2]}"' in document.text
    back = [one for one in read(document).numbers if "printed" in one.href or "value" in one.href]
    assert back


def test_a_number_of_the_sample_leads_to_the_rows_of_its_file(of_sample, sampled):
    _, key = staff_of_the_sample(sampled)
    answer = traced(of_sample, STAFF, **key)
    assert "BEVIST" in answer.text
    assert "opdigtet" in answer.text
    assert re.search(r"linje \d+|linjer \d+|rækker \d+", answer.text)
    assert [one.href for one in read(answer).links if "/spor?raekke=" in one.href]


@pytest.mark.slow
def test_a_row_of_a_file_leads_to_the_figures_that_depend_on_it(of_sample, sampled):
    load, key = staff_of_the_sample(sampled)
    answer = traced(of_sample, "/spor", raekke=f"{load}#1")
    assert key["staff_funder"] in answer.text
    assert any("fact_staff" in one.href for one in read(answer).numbers)


def test_the_value_on_the_page_is_the_value_of_the_mart(of_sample, sampled):
    release, chosen = open_release(home=sampled), random.Random("values")  # noqa: S311
    tables = [one for one in release.manifest["tables"] if one["kind"] == "mart" and one["rows"]]
    for table in chosen.sample(tables, 6):
        language = chosen.choice(["da", "en"])
        prefix = "" if language == "da" else "/en"
        name = f"{table['schema']}.{table['table']}"
        grain = release.describe(name).grain
        if not grain:
            continue
        number = chosen.randrange(table["rows"])
        [row] = release.arrow(f"from {name} order by all limit 1 offset {number}").to_pylist()
        column = chosen.choice([one for one in row if one not in grain] or list(row))
        key = {one: exact_text(row[one]) for one in grain}
        answer = of_sample.get(f"{prefix}/tal/{name}/{column}", params={**key, "spor": "stop"})
        assert answer.status_code == 200, (name, column, key, answer.text[:500])
        assert f'lang="{language}"' in answer.text
        shown = format_value(row[column], Language(language))
        assert value_of(answer) == _escaped(shown), (name, column, key)


def _escaped(text):
    return str(escape(text))


def test_the_certificate_has_the_value_the_proof_and_the_row(of_print):
    answer = of_print.get("/bevis/fct_published_figures/value", params={**PRINTED, "format": "csv"})
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "dfir_2024#t2.total.participants" in answer.text
    answer = of_print.get(
        "/bevis/fct_published_figures/value", params={**PRINTED, "format": "json"}
    )
    content = json.loads(answer.text)
    assert (content["figure"]["text"], content["proof"]["status"]) == ("17864", "proved")


def test_a_metric_leads_to_its_parts_and_to_the_rows_behind_it(of_print):
    answer = of_print.get("/noegletal/other_income_per_grant_krone?period=2021-2023")
    page = read(answer)
    assert value_of(answer) == "2,39"
    parts = [one for one in page.links if one.href.startswith("/noegletal/")]
    assert [one.text for one in parts[:2]] == ["873.300.000", "364.900.000"]
    assert value_of(of_print.get(parts[1].href)) == "364.900.000"
    assert value_of(of_print.get(page.numbers[0].href)) == page.numbers[0].text


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/tal/mart_funding_mixx/amount_kr", "mart_funding_mix"),
        ("/tal/mart_funding_mix/amount", "amount_kr"),
        ("/data/mart_fundingmix", "mart_funding_mix"),
        ("/noegletal/money_consumd", "money_consumed"),
        ("/kilder/dfir", "dfir_2024"),
        ("/revision?fund=nothing", "nothing"),
        ("/model/mart_fundin_mix", "mart_funding_mix"),
        ("/bevis/fct_published_figures/value?format=exe", "json"),
        ("/tabel/mart_funding_mix?format=exe", "xlsx"),
        ("/spor?raekke=nothing", "nothing"),
    ],
)
def test_what_is_unknown_is_a_page_with_a_sentence(of_print, path, says):
    for prefix in ("", "/en"):
        answer = of_print.get(prefix + path)
        assert answer.status_code in (200, 404)
        assert says in answer.text
        assert "Traceback" not in answer.text


def test_a_key_of_several_rows_is_a_list_of_links(of_print):
    page = read(of_print.get("/tal/mart_funding_mix/amount_kr?organisation_id=clean"))
    chosen = [one for one in page.numbers if "period_id=" in one.href]
    assert len(chosen) > 3
    assert value_of(of_print.get(chosen[0].href)) == chosen[0].text


def test_a_key_of_no_row_leads_to_the_nearest_rows(of_print):
    answer = of_print.get("/tal/mart_funding_mix/amount_kr?organisation_id=clean&period_id=1999")
    assert len(read(answer).numbers) > 3


def test_a_trace_that_was_stopped_leaves_the_value(of_print):
    answer = of_print.get("/tal/fct_published_figures/value", params={**PRINTED, "spor": "stop"})
    assert value_of(answer) == "17.864"
    assert "blev stoppet" in answer.text


def test_readers_without_the_right_see_no_row_of_a_submitted_file(of_public, of_sample, sampled):
    restricted = open_release(home=sampled).manifest["restricted"]
    for table in (one for one in restricted if one.startswith("core.")):
        for path in ("/tal/{}", "/tal/{}/x", "/data/{}", "/tabel/{}", "/bevis/{}/x"):
            assert of_public.get(path.format(table)).status_code == 404
    load, key = staff_of_the_sample(sampled)
    answer = traced(of_public, STAFF, **key)
    assert "må ses af sekretariatet" in answer.text
    assert f"{load}%23" not in answer.text
    assert f"{load}#" not in answer.text
    seen = traced(of_sample, STAFF, **key).text
    assert f"{load}%23" in seen
    path = STAFF.replace("/tal/", "/bevis/")
    for form in ("json", "csv", "html"):
        answer = of_public.get(path, params={**key, "format": form})
        assert answer.headers["content-disposition"]
        assert f"{load}#" not in answer.text
    assert "sekretariatet" in of_public.get("/spor", params={"raekke": f"{load}#1"}).text
