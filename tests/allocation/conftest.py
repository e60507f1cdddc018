import pytest

from klynge.releases.compiled import compiled_models
from klynge.releases.reading import open_release


@pytest.fixture(scope="session")
def models(published):
    return compiled_models(open_release(home=published))
