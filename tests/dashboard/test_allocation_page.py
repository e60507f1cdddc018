"""The what-if on the page is klynge's own what-if, beside the printed awards."""

from decimal import Decimal

import pytest

from dashboard.formats import format_value
from klynge.messages import Language
from klynge.releases.reading import open_release
from klynge.whatif.changes import Changes
from klynge.whatif.what_if import open_what_if
from tests.dashboard.clients import open_client

CALL = "klyngeprogram_2025_2028"


@pytest.fixture(scope="module")
def client(sampled):
    with open_client(sampled) as client:
        yield client


def test_the_awards_are_those_of_the_what_if(client, sampled):
    changes = Changes(
        pots={"cluster": Decimal(100_000_000)}, rule="equal_share_capped", cap_percent=Decimal(50)
    )
    with open_what_if(open_release(home=sampled), CALL, restricted=True) as what_if:
        outcome = what_if.allocate(what_if.read_released("sample"), changes)
    # Danish thousands and decimals
    text = client.get(
        "/fordeling",
        params={
            "basis": "sample",
            "pot_cluster": "100.000.000",
            "rule": "equal_share_capped",
            "cap_percent": "50,0",
        },
    ).text
    awards = [row["recommended_amount_kr"] for row in outcome.by_application.to_pylist()]
    assert any(awards)
    for award in awards:
        assert f">{format_value(award, Language.da)}</td>" in text.replace("\n", "")


def test_weights_change_the_awards(client):
    weights = {"a1": 40, "a2": 10, "b1": 25, "b2": 15, "b3": 10}
    parameters = {f"weight_cluster_2025_{code}": share for code, share in weights.items()}
    before, after = (
        client.get("/fordeling", params={"basis": "sample", **more}).text
        for more in ({}, parameters)
    )
    assert before != after
    assert "beregnet nu med udgivelsens modeller" in after


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"pot_cluster": "mange"}, "er ikke et tal"),
        ({"cap_percent": "101"}, "100"),
        ({"rule": "lottery"}, "lottery"),
        ({"weight_cluster_2025_a1": "99"}, "100"),
        ({"cap_percent": "1e9999999"}, "100"),
        ({"floor_kr": "NaN"}, "NaN"),
    ],
)
def test_a_what_if_that_no_call_can_have_is_refused_with_a_sentence(client, parameters, said):
    response = client.get("/fordeling", params={"basis": "sample", **parameters})
    assert response.status_code == 200
    assert "Ingen prøveberegning" in response.text
    assert said in response.text


def test_a_reader_without_the_restricted_edition_gets_total_scores(sampled):
    with open_client(sampled, role="analyst") as client:
        text = client.get("/fordeling", params={"basis": "sample"}).text
    assert "minimumskravet til hvert kriterium er ikke kontrolleret" in text
    assert "weight_cluster_2025_a1" not in text


def test_the_print_alone_gives_no_what_if_and_says_why(published):
    with open_client(published) as client:
        text = client.get("/fordeling").text
    assert "kun for 2 af 14 ansøgere" in text
