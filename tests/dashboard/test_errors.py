"""What goes wrong is a page that says what happened and what to do next, without a traceback."""

import shutil

import duckdb
import pytest

from dashboard import app, view
from klynge.home import Home
from klynge.releases.reading import open_release
from tests.dashboard.clients import open_client


@pytest.fixture
def client(published):
    with open_client(published) as opened:
        yield opened


def read_error(response, status, *sentences):
    assert response.status_code == status
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Traceback" not in response.text
    for sentence in sentences:
        assert sentence in response.text
    return response.text


def test_a_home_without_a_release_says_how_to_get_one(tmp_path):
    client = open_client(Home(tmp_path))
    text = read_error(client.get("/"), 503, "Der er endnu ingen udgivelse", "klynge nightly")
    assert str(tmp_path) not in text
    read_error(client.get("/en/"), 503, "There is no release yet")


@pytest.mark.parametrize("named", ["zz", "/etc", "..", ".", "", "current", "%00", "2"])
def test_an_address_names_a_release_by_its_whole_id_only(client, named):
    read_error(client.get(f"/?release={named}"), 404, "Den udgivelse findes ikke", "release=")


def test_an_address_without_a_page_is_explained_in_its_language(client):
    read_error(client.get("/zz"), 404, "Der er ingen side med denne adresse", 'lang="da"')
    read_error(client.get("/en/zz"), 404, "There is no page with this address", 'lang="en"')
    read_error(client.post("/"), 405, "Siderne kan kun læses")


def test_a_release_that_is_withdrawn_while_it_is_read_is_explained(
    published, tmp_path, monkeypatch
):
    home = Home(tmp_path)
    release = open_release(home=published)
    shutil.copytree(release.path, home.releases / release.release_id)
    (home.releases / "current").symlink_to(release.release_id)

    def withdraw(*_arguments):
        folder = home.releases / release.release_id
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(folder)
        raise duckdb.IOException(f"Cannot open file {folder}")

    client = open_client(home)
    assert client.get("/").status_code == 200
    monkeypatch.setattr(view.Databases, "connect", withdraw)
    # a page that is not kept yet
    text = read_error(client.get("/klynger"), 410, "trukket tilbage", "Gå til overblikket")
    assert str(home.root) not in text
    read_error(client.get("/"), 503, "Der er endnu ingen udgivelse")


def test_a_release_of_an_older_version_is_explained(client, monkeypatch):
    monkeypatch.setattr(app, "render_page", fail(duckdb.CatalogException("no table")))
    read_error(client.get("/"), 404, "En ældre version af programmet")


def test_a_failure_that_nobody_foresaw_tells_no_details(published, monkeypatch):
    monkeypatch.setattr(app, "render_page", fail(ZeroDivisionError("the secret")))
    client = open_client(published, raise_server_exceptions=False)
    assert "secret" not in read_error(client.get("/"), 500, "ingen havde forudset")


def fail(error):
    def raise_error(*_arguments):
        raise error

    return raise_error
