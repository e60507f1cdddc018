"""Give tests the auditors of the shared releases, and a copy that a test may damage."""

import shutil

import pytest

from klynge.releases.reading import open_release
from klynge.tracing.auditor import auditor


@pytest.fixture(scope="module")
def on_print(published):
    with auditor(published, open_release(home=published)) as told:
        yield told


@pytest.fixture(scope="module")
def on_sample(sampled):
    with auditor(sampled, open_release(home=sampled)) as told:
        yield told


@pytest.fixture
def copied(published, home):
    """Copy the home with the printed release, so that a test may damage the copy."""
    shutil.copytree(published.root, home.root, symlinks=True, dirs_exist_ok=True)
    return home
