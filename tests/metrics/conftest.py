"""Write the small release to a folder, for tests of the command and of frames."""

import json

import duckdb
import pytest

from klynge.metrics.declarations import METRICS
from klynge.releases.reading import DATABASE
from tests.metrics.small_release import CONTENT, TABLES


@pytest.fixture(scope="session")
def release_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("releases") / "20260301T020000Z-0123abcd"
    folder.mkdir()
    with duckdb.connect(str(folder / DATABASE)) as connection:
        connection.execute(TABLES)
    (folder / METRICS).write_text(json.dumps(CONTENT), encoding="utf-8")
    manifest = {"release_id": folder.name, "tables": [], "basis": {"contains_sample": False}}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
