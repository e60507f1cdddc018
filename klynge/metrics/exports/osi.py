"""The metrics as an Ossie file, the exchange format that was called Open Semantic Interchange.

The file follows version 0.2.0.dev0 of the core specification and contains one model.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from klynge.metrics.declarations import Catalogue, Metric
from klynge.metrics.exports.expressions import aggregate, qualified
from klynge.metrics.exports.schema import ExportedTable, read_links

VERSION = "0.2.0.dev0"


def write_osi(
    catalogue: Catalogue, tables: Mapping[str, ExportedTable], release_id: str
) -> dict[str, str]:
    """Return the text of the Ossie file; the key is its file name."""
    model = {
        "version": VERSION,
        "name": "klyngedata",
        "description": f"The Danish cluster programme, release {release_id}",
        "datasets": [_dataset(table) for table in tables.values()],
        "relationships": [
            {
                "name": f"{_short(link.table)}_{link.dimension.name}",
                "from": _short(link.table),
                "to": _short(link.names.table),
                "from_columns": [link.column],
                "to_columns": [link.names.key],
            }
            for link in read_links(catalogue)
        ],
        "metrics": [_metric(catalogue, metric) for metric in catalogue.metrics.values()],
    }
    return {"klyngedata.osi.yaml": yaml.safe_dump(model, allow_unicode=True, sort_keys=False)}


def _dataset(table: ExportedTable) -> dict[str, Any]:
    dataset: dict[str, Any] = {"name": table.short_name, "source": table.name}
    if table.names:
        dataset["primary_key"] = [table.names.key]
    if table.description:
        dataset["description"] = table.description
    return dataset | {
        "fields": [
            {
                "name": column,
                "expression": _expression(column),
                "dimension": {"is_time": kind == "DATE"},
                **({"description": text} if (text := table.comments.get(column)) else {}),
            }
            for column, kind in table.columns.items()
        ],
    }


def _metric(catalogue: Catalogue, metric: Metric) -> dict[str, Any]:
    facts = {
        "kind": metric.kind,
        "label_da": metric.label_da,
        "label_en": metric.label_en,
        "unit": metric.unit,
        "population_da": metric.population_da,
        "population_en": metric.population_en,
        "operands": list(metric.operands),
    }
    return {
        "name": metric.name,
        "expression": _expression(aggregate(catalogue, metric, qualified)),
        "description": f"{metric.label_en}. {metric.description_en}",
        "ai_context": {"synonyms": [metric.label_da, metric.label_en, *metric.words]},
        "custom_extensions": [
            {"vendor_name": "KLYNGEDATA", "data": json.dumps(facts, ensure_ascii=False)}
        ],
    }


def _expression(sql: str) -> dict[str, Any]:
    return {"dialects": [{"dialect": "ANSI_SQL", "expression": sql}]}


def _short(table: str) -> str:
    return table.rpartition(".")[2]
