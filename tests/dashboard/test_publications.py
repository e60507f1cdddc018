"""Readers click while releases are published: no error, no page with figures of two releases.

``KLYNGE_TEST_PUBLICATIONS`` is the number of publications; ``make test-publications`` makes 20.
"""

import json
import os
import random
import re
import shutil
import threading
import time

import duckdb
import httpx2 as httpx
import pytest

from dashboard.app import create_app
from dashboard.settings import Settings
from klynge.home import Home
from klynge.releases.publishing import switch_current
from klynge.releases.reading import DATABASE, MANIFEST, open_release
from tests.dashboard.browser.conftest import serve

PUBLICATIONS = int(os.environ.get("KLYNGE_TEST_PUBLICATIONS", "3"))
READERS = 16
PAGES = ("/finansiering", "/en/finansiering", "/klynger", "/", "/hent/finansiering?tabel=accounts")
FOOTER = '<footer class="site-footer">'
RELEASE = re.compile(r"20261231T0000(\d\d)Z-00000000")
AMOUNT = re.compile(r'href="[^"]*/tal/mart_accounts_funding/[^"]*"[^>]*>\s*([\d.,]+)')


def publish(home, source, number):
    """Publish a copy of a release in which every amount of the accounts is ``number``."""
    release_id = f"20261231T0000{number:02}Z-00000000"
    draft = home.root / "draft"
    draft.mkdir()
    for path in source.path.iterdir():
        if path.name not in (DATABASE, MANIFEST, "restricted", "marts"):
            (shutil.copytree if path.is_dir() else shutil.copy)(path, draft / path.name)
    manifest = {**source.manifest, "release_id": release_id}
    (draft / MANIFEST).write_text(json.dumps(manifest), "utf-8")
    database = draft / DATABASE
    shutil.copy(source.path / DATABASE, database)
    database.chmod(0o644)
    with duckdb.connect(database) as connection:
        described = source.describe("evaluation.mart_accounts_funding").columns
        amounts = [name for name, column in described.items() if column.unit == "kr"]
        changes = ", ".join(f"{name} = {number}" for name in amounts)
        connection.execute(f"update evaluation.mart_accounts_funding set {changes}")
    draft.rename(home.releases / release_id)
    switch_current(home, release_id)
    return number


@pytest.mark.slow
def test_publications_while_readers_click(sampled, tmp_path):
    source, home = open_release(home=sampled), Home(tmp_path / "home")
    home.prepare()
    newest = [publish(home, source, 1)]
    wrong, seen, stop = [], set(), threading.Event()
    clicks = []

    def read(seed, address):
        chance = random.Random(seed)  # noqa: S311
        with httpx.Client(base_url=address, timeout=120) as client:
            while not stop.is_set():
                before = newest[-1]
                clicks.append(before)
                page = chance.choice(PAGES)
                response = client.get(page)
                # the overview also names the release before
                found = {int(one) for one in RELEASE.findall(response.text.partition(FOOTER)[2])}
                amounts = {one.replace(",", "") for one in AMOUNT.findall(response.text)}
                if response.status_code != 200:
                    wrong.append((page, response.status_code))
                elif not page.startswith("/hent"):
                    seen.update(found)
                    shown = max(found, default=0)
                    # the new release is shown at the next click, and all figures are its own
                    if len(found) != 1 or shown < before or not amounts <= {str(shown)}:
                        wrong.append((page, before, found, amounts))
                time.sleep(0.05)

    with serve(create_app(Settings(home=home))) as address:
        readers = [threading.Thread(target=read, args=(n, address)) for n in range(READERS)]
        for reader in readers:
            reader.start()
        for number in range(2, PUBLICATIONS + 2):
            time.sleep(2)
            newest.append(publish(home, source, number))
        time.sleep(2)
        stop.set()
        for reader in readers:
            reader.join()
    assert not wrong, wrong[:5]
    # no reader stopped before the end
    assert len(clicks) >= READERS * PUBLICATIONS
    assert seen == set(newest)
