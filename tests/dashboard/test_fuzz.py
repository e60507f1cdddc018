"""Random requests: no page fails, and no page shows what its reader may not see.

``KLYNGE_TEST_REQUESTS`` is the number of requests; ``make fuzz-dashboard`` sends 10,000.
"""

import os
import random
import re
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from dashboard.app import create_app
from dashboard.identity import Role
from dashboard.pages import PAGES
from dashboard.settings import Settings
from klynge.releases.reading import RESTRICTED, open_release
from tests.dashboard.clients import ADDRESS

REQUESTS = int(os.environ.get("KLYNGE_TEST_REQUESTS", "200"))
PROXY = "10.0.0.1"
#: What files of this machine, of the checkout and of the home contain.
FOREIGN = re.compile(r"root:x:0:0|\[build-system\]|\"load_id\":")
#: Names of single participants, members and companies, which only the restricted edition has.
PSEUDONYM = re.compile(r"\b[pcm]_[0-9a-f]{32}\b")
#: Files outside the folder of styles and fonts, by their paths from a folder above it.
OUTSIDE = ("etc/passwd", "pyproject.toml", "app.py", "releases/current/manifest.json")
STRANGE = (
    "", " ", "'", '"', "';--", "1 or 1=1", "<script>alert(1)</script>", "{{7*7}}", "${7*7}", "%",
    "%00", "\x00", "\ud7ff", "æøå", "–", "-1", "0", "1e999", "NaN", "9" * 400, "a" * 5000, "null",
    "../../../../etc/passwd", "/etc/passwd", "file:///etc/passwd", "read_csv('/etc/passwd')",
    "http://127.0.0.1:1/", "//evil.example/", "restricted", "core.fct_participants", "raw.x",
    "sample", "2021-2023", "organisation_id", "desc", "*", "\r\nx: y", "ﷺ", "\u202e", "🇩🇰",
)  # fmt: skip
NAMES = (
    "release", "basis", "period", "organisation_id", "organisation", "year", "tabel", "format",
    "by", "where", "q", "rule", "cap_percent", "pot_cluster", "stop", "load", "row", "page",
    "limit", "order", "call", "indicator", "document", "sort", "kind", "edition", "path", "sql",
)  # fmt: skip
HEADERS = (
    "x-klyngedata-role", "x-forwarded-for", "x-forwarded-host", "accept-language", "cookie",
    "range", "if-none-match", "accept-encoding", "x-original-url", "x-rewrite-url", "referer",
    "authorization", "hx-request", "user-agent",
)  # fmt: skip


@pytest.fixture(scope="module")
def client(sampled):
    """Give a client whose requests the trusted proxy passes on."""
    application = create_app(Settings(home=sampled, proxy=PROXY))
    with TestClient(application, ADDRESS, client=(PROXY, 1), follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def words(sampled):
    """The names of tables, columns and codes of the release, beside strange values."""
    release = open_release(home=sampled)
    tables = [f"{one['schema']}.{one['table']}" for one in release.manifest["tables"]]
    hidden = [
        f"{one['schema']}.{one['table']}"
        for one in release.manifest["tables"]
        if one["edition"] == RESTRICTED
    ]
    columns = sorted({name for table in tables for name in release.describe(table).columns})
    # strange values and restricted tables come as often as the many ordinary names
    return [*tables, *columns, release.release_id, *(hidden * 20), *(STRANGE * 5)]


def test_random_requests_neither_fail_nor_disclose(client, words, sampled):
    seen = set()
    for seed in range(REQUESTS):
        chance = random.Random(seed)  # noqa: S311
        role = chance.choice([*Role])
        path, headers = make_request(chance, words)
        response = client.get(path, headers={**headers, "x-klyngedata-role": role.name})
        seen.add(response.status_code)
        text = response.text
        said = f"seed {seed}: {role.name} {path[:300]!r} {headers} -> {response.status_code}"
        assert response.status_code in (200, 206, 303, 307, 400, 404, 405, 416), said
        assert "Traceback" not in text, said
        # the secretariat may see where the files are
        assert role.sees_restricted or str(sampled.root) not in text, said
        assert not FOREIGN.search(text), said
        assert role.sees_restricted or not PSEUDONYM.search(text), said
        assert "<script>alert" not in text, said
        assert "content-security-policy" in response.headers, said
        assert "set-cookie" not in response.headers, said
    assert {200, 404} <= seen


def make_request(chance, words):
    """Return a random address and random headers; the address is often near to a page."""
    parts = chance.choice([*PAGES]).split("/")
    path = "/".join(chance.choice(words) if part.startswith("{") else part for part in parts)
    if chance.random() < 0.15:
        path = "/".join(chance.choice(STRANGE) for _ in range(chance.randint(1, 4)))
    if chance.random() < 0.1:
        path = (
            f"/static/{'../' * chance.randint(0, 6)}{chance.choice(['etc/passwd', 'canary.txt'])}"
        )
    prefix = chance.choice(["", "/en", "/hent", "/en/hent"])
    query = "&".join(
        f"{quote(chance.choice([*NAMES, *words]))}={quote(chance.choice(words), safe='')}"
        for _ in range(chance.choice([0, 0, 1, 1, 2, 5]))
    )
    encoded = chance.choice([quote(path), quote(path, safe=""), quote(quote(path))])
    address = f"{prefix}/{encoded.lstrip('/')}?{query}"
    headers = {
        chance.choice(HEADERS): quote(chance.choice(words)[:200])
        for _ in range(chance.randint(0, 3))
    }
    return address, headers
