import pytest

from klynge.releases.models import read_models
from klynge.releases.reading import open_release


@pytest.fixture(scope="session")
def release(published):
    return open_release(home=published)


@pytest.fixture(scope="session")
def models(release):
    return read_models(release)
