"""Read compiled models from a folder: ``sql/`` of a release, or dbt's target folder.

The folder holds the SQL of each model; ``models.json`` holds everything else::

    {"models": [{"schema", "table", "file", "materialized", "reads": ["schema.table", …],
                 "grain": [column, …], "description", "description_da", "label_da", "label_en",
                 "columns": {name: {"type", "description", "description_da", "label_da",
                                    "label_en", "unit", "sum"}},
                 "references": {column: [table, column]}, …],
     "seeds": {table: {column: type}}}
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from klynge.lineage.models import CompiledModels, Model, ModelColumn
from klynge.warehouse.schemas import MARTS, OVERVIEWS

#: The file in ``sql/`` of a release that describes the models.
MODELS = "models.json"


def read_compiled_models(folder: Path, description: Mapping[str, Any]) -> CompiledModels:
    """Read the models in a folder. ``description`` has the structure of ``models.json`` above."""
    models = [_read_model(model, folder) for model in description["models"]]
    return CompiledModels(models, description["seeds"])


def mart_names(models: CompiledModels) -> tuple[str, ...]:
    """Return the marts among the models, each as ``schema.table``, in order.

    Marts that count the rows of other marts are left out.
    """
    return tuple(
        name
        for name, model in models.items()
        if model.schema in MARTS and model.table not in OVERVIEWS
    )


def _read_model(description: Mapping[str, Any], folder: Path) -> Model:
    return Model(
        schema=description["schema"],
        table=description["table"],
        materialized=description["materialized"],
        sql=(folder / description["file"]).read_text(encoding="utf-8"),
        reads=frozenset(description["reads"]),
        grain=tuple(description["grain"]),
        description=description["description"],
        columns={name: ModelColumn(**column) for name, column in description["columns"].items()},
        label_da=description.get("label_da"),
        label_en=description.get("label_en"),
        description_da=description.get("description_da"),
        references={
            column: (table, key)
            for column, (table, key) in description.get("references", {}).items()
        },
    )
