"""The page of one model: what it is, what it reads, what reads it, and its SQL."""

from functools import lru_cache
from pathlib import Path

from dashboard.sections import Page
from dashboard.view import View
from klynge.errors import InputError
from klynge.lineage import LineageError
from klynge.lineage.models import CompiledModels
from klynge.messages import Language, message
from klynge.releases.models import read_models
from klynge.releases.reading import Release
from klynge.tracing.explanations import as_message


def build(view: View, name: str) -> Page:
    """Build the page of a model (``schema.table``; the schema may be left out).

    Raises :class:`InputError`, with the nearest names, for an unknown model.
    """
    models = _models(view.release.path)
    try:
        model = models.named(name)
    except LineageError as error:
        raise InputError(as_message(error.args[0])) from error
    is_danish = view.language is Language.da
    label = (model.label_da if is_danish else model.label_en) or model.table
    description = (model.description_da if is_danish else None) or model.description
    published = {
        f"{one['schema']}.{one['table']}": one["edition"] for one in view.release.manifest["tables"]
    }
    return Page(
        title=label,
        lead=description,
        sections=[],
        template="model.html",
        extra={
            "message": message,
            "model": model,
            "reads": [(one, one in models) for one in sorted(model.reads)],
            "readers": [one.name for one in models.readers.get(model.name, [])],
            "data_address": view.address(f"/data/{model.name}")
            if published.get(model.name) == "analyst"
            else "",
        },
    )


@lru_cache(maxsize=4)
def _models(folder: Path) -> CompiledModels:
    return read_models(Release(folder))
