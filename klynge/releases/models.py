"""The compiled models of a release."""

from klynge.errors import InputError
from klynge.home import read_json
from klynge.lineage.models import CompiledModels
from klynge.messages import message
from klynge.releases.reading import Release
from klynge.warehouse.compiled_models import MODELS, read_compiled_models


def read_models(release: Release) -> CompiledModels:
    """The compiled models of a release.

    Raises :class:`InputError` for a release that an older version built, without ``models.json``.
    """
    sql = release.path / "sql"
    if not (sql / MODELS).is_file():
        raise InputError(
            message(
                "release {release_id} has no sql/{file}, because an older version of the program "
                "made it; run `klynge nightly` for a release that has the file",
                release_id=release.release_id,
                file=MODELS,
            )
        )
    return read_compiled_models(sql, read_json(sql / MODELS))
