"""The compiled models as they lie in a folder: a release's ``sql/``, or a build's.

The folder holds each model's SQL, and ``models.json`` what the SQL does not say::

    {"models": [{"schema", "table", "file", "materialized", "reads": ["schema.table", …],
                 "grain": [column, …], "description",
                 "columns": {name: {"type", "description", "label_da", "label_en", "unit"}}}, …],
     "seeds": {table: {column: type}}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from klynge.lineage.models import Column, CompiledModels, Model
from klynge.warehouse.schemas import MARTS

#: What is known of the models besides their SQL, in a release's ``sql/``.
MODELS = "models.json"


def read_compiled_models(sql: Path, said: Mapping[str, Any]) -> CompiledModels:
    """The models whose compiled SQL lies in a folder, as ``models.json`` says what they are."""
    return CompiledModels([_model(one, sql) for one in said["models"]], said["seeds"])


def mart_names(models: CompiledModels) -> tuple[str, ...]:
    """The marts among the models, ``schema.table``, in order."""
    return tuple(name for name, model in models.items() if model.schema in MARTS)


def _model(said: Mapping[str, Any], sql: Path) -> Model:
    return Model(
        schema=said["schema"],
        table=said["table"],
        materialized=said["materialized"],
        sql=(sql / said["file"]).read_text(encoding="utf-8"),
        reads=frozenset(said["reads"]),
        grain=tuple(said["grain"]),
        description=said["description"],
        columns={name: Column(**column) for name, column in said["columns"].items()},
    )
