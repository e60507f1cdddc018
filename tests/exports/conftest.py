"""A bare release, written once for all tests of exports."""

import pytest

from klynge.releases.reading import Release
from tests.bare_release import write_release


@pytest.fixture(scope="session")
def bare(tmp_path_factory) -> Release:
    """A release with awkward values; see :mod:`tests.bare_release`."""
    return write_release(tmp_path_factory.mktemp("releases") / "bare")
