"""Erased rows leave the current release at once, even if the release cannot be built again."""

from dataclasses import replace

from klynge.home import write_json
from klynge.releases import restating
from klynge.releases.reading import DATABASE, open_release
from klynge.releases.restating import restate_current
from tests.releases.test_continuity import CLEAN, MADE, NOTE


def current_release(home, load):
    """Make a release whose models are missing, so that it cannot be built again."""
    folder = home.releases / "20260101T000000Z-former"
    folder.mkdir()
    (folder / DATABASE).write_bytes(b"rows")
    entry = {"load_id": load.load_id, "erased": None, "rows_erased": 0, "basis": "reported"}
    manifest = {"inputs": {"loads": [entry]}, "restricted": [], "files": {}}
    write_json(folder / "manifest.json", manifest)
    (home.releases / "current").symlink_to(folder.name)
    return open_release(home=home)


def test_a_release_that_cannot_be_built_again_loses_its_database(home, monkeypatch):
    release = current_release(home, MADE)
    erased = replace(MADE, about={"erasure": {**NOTE, "erased_at": "2026-01-02"}})
    monkeypatch.setattr(restating, "read_ledger", lambda _: [erased])
    done = restate_current(home)
    assert done is not None
    assert done.failure
    assert done.loads == (MADE.load_id,)
    assert not release.has_database
    assert open_release(home=home).release_id == release.release_id
    assert not list(home.releases.glob(".unfinished-*"))


def test_a_release_without_erased_rows_stays(home, monkeypatch):
    release = current_release(home, MADE)
    erased = replace(CLEAN, about={"erasure": {**NOTE, "erased_at": "2026-01-02"}})
    monkeypatch.setattr(restating, "read_ledger", lambda _: [MADE, erased])
    assert restate_current(home) is None
    assert release.has_database
