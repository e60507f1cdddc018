"""The compiled models that a release was built from."""

from klynge.errors import InputError
from klynge.home import read_json
from klynge.lineage.models import CompiledModels
from klynge.releases.reading import Release
from klynge.warehouse.compiled_models import MODELS, read_compiled_models


def read_models(release: Release) -> CompiledModels:
    """The compiled models of a release.

    Raises :class:`InputError` for a release that was made before they were kept with it.
    """
    sql = release.path / "sql"
    if not (sql / MODELS).is_file():
        raise InputError(
            f"release {release.release_id} does not say how its models hang together "
            f"(no sql/{MODELS}): it was made by a version of the program before this was kept; "
            "a new run of `klynge nightly` makes one that does"
        )
    return read_compiled_models(sql, read_json(sql / MODELS))
