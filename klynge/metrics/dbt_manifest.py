"""Turn the metrics of dbt's manifest into the content of ``metrics.json``.

A semantic model with measures becomes a table of figures. Each of its entities becomes a dimension.
The semantic model with the entity's name gives the names of the dimension's values, in ``name_da``
and ``name_en``. The model's own dimensions have no names. Some fields of ``metrics.json`` do not
exist in dbt. They are in ``config.meta`` of the metric, or of the semantic model if they apply to
all its metrics.

A simple metric is a sum. But if its measure has the aggregation ``max``, the metric is a figure,
because dbt has no type for figures. A derived metric is a difference.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from klynge.metrics.declarations import DIFFERENCE, FIGURE, RATIO, SUM
from klynge.metrics.sql import quote

Node = Mapping[str, Any]

#: A reference to a dimension or an entity in a metric's filter.
_REFERENCE = re.compile(r"\{\{\s*(?:Dimension|Entity)\('(?:\w+?__)?(\w+)'\)\s*\}\}")
#: Fields that are copied from ``meta`` to ``metrics.json``.
_COPIED = (
    "label_da",
    "unit",
    "population_da",
    "population_en",
    "not_added",
    "other_series",
    "report",
    "recurs",
    "printed",
    "zero_da",
    "zero_en",
)


def describe_metrics(manifest: Node) -> dict[str, Any]:
    """Return the content of ``metrics.json`` for the content of dbt's ``manifest.json``."""
    models = list(manifest["semantic_models"].values())
    named = {model["name"]: model for model in models if not model["measures"]}
    described = {
        model["name"]: _describe_table(model, named, manifest["nodes"])
        for model in models
        if model["measures"]
    }
    measures = {
        measure["name"]: _Measure(measure, model, described[model["name"]])
        for model in models
        for measure in model["measures"]
    }
    metrics = manifest["metrics"].values()
    by_name = {metric["name"]: metric for metric in metrics}
    return {
        "tables": sorted(described.values(), key=lambda table: str(table["name"])),
        "metrics": [_describe_metric(metric, measures, by_name) for metric in metrics],
    }


@dataclass(frozen=True)
class _Measure:
    """A measure, its semantic model, and the table that the semantic model becomes."""

    declared: Node
    model: Node
    table: Mapping[str, Any]


def _describe_table(model: Node, named: Mapping[str, Node], nodes: Node) -> dict[str, Any]:
    [node] = [nodes[one] for one in model["depends_on"]["nodes"]]
    return {
        "name": _table_name(model),
        "columns": list(node["columns"]),
        "dimensions": list(_describe_dimensions(model, named)),
    }


def _table_name(model: Node) -> str:
    relation = model["node_relation"]
    return f"{relation['schema_name']}.{relation['alias']}"


def _describe_dimensions(model: Node, named: Mapping[str, Node]) -> Iterator[dict[str, Any]]:
    for entity in model["entities"]:
        names = named.get(entity["name"])
        yield _describe_dimension(entity, names, _names(names) if names else None)
    for dimension in model["dimensions"]:
        if dimension["type"] == "categorical":
            yield _describe_dimension(dimension, None, None)


def _describe_dimension(
    declared: Node, named: Node | None, names: Mapping[str, str] | None
) -> dict[str, Any]:
    labelled = named or declared
    return {
        "name": declared["name"],
        "column": declared["expr"] or declared["name"],
        "label_da": _meta(labelled)["label_da"],
        "label_en": labelled["label"],
        "names": names,
        "totals": _meta(declared).get("totals", []),
    }


def _names(model: Node) -> dict[str, str]:
    [key] = [entity for entity in model["entities"] if entity["type"] == "primary"]
    columns = {one["name"]: one["expr"] or one["name"] for one in model["dimensions"]}
    return {
        "table": _table_name(model),
        "key": key["expr"] or key["name"],
        "name_da": columns["name_da"],
        "name_en": columns["name_en"],
    }


def _describe_metric(
    metric: Node, measures: Mapping[str, _Measure], metrics: Mapping[str, Node]
) -> dict[str, Any]:
    parameters, operands = metric["type_params"], _operands(metric)
    first = metrics[operands[0]] if operands else metric
    measure = measures[first["type_params"]["measure"]["name"]]
    meta = {**_meta(measure.model), **_meta(metric)}
    if operands:
        # by default, this is the reason why values of a ratio or a difference are not added
        meta = {"not_added": "percent" if meta["unit"] == "percent" else "average", **meta}
    described = {
        "name": metric["name"],
        "label_en": metric["label"],
        "description_da": meta["description_da"],
        "description_en": metric["description"],
        "decimals": meta.get("decimals", 0 if meta["unit"] == "number" else 2),
        "words": meta.get("words", []),
        **{name: meta.get(name) for name in _COPIED},
    }
    if operands:
        kind = RATIO if metric["type"] == "ratio" else DIFFERENCE
        return described | {"kind": kind, "operands": operands, "factor": meta.get("factor", 1)}
    condition, conditioned = _condition(metric, measure.table["dimensions"])
    return described | {
        "kind": FIGURE if measure.declared["agg"] == "max" else SUM,
        "table": measure.table["name"],
        "expression": measure.declared["expr"] or parameters["measure"]["name"],
        "condition": condition,
        "conditioned": conditioned,
        "added_over": meta.get("added_over", []),
        "whole": meta.get("whole"),
    }


def _operands(metric: Node) -> list[str]:
    parameters = metric["type_params"]
    if metric["type"] == "ratio":
        return [parameters["numerator"]["name"], parameters["denominator"]["name"]]
    return (
        [one["name"] for one in parameters["metrics"] or ()] if metric["type"] == "derived" else []
    )


def _condition(
    metric: Node, dimensions: Sequence[Mapping[str, Any]]
) -> tuple[str | None, list[str]]:
    """Return the metric's filters as a SQL condition, and the names of the dimensions in it."""
    columns = {dimension["name"]: quote(dimension["column"]) for dimension in dimensions}
    filters = (metric["filter"] or {"where_filters": []})["where_filters"]
    templates = [one["where_sql_template"] for one in filters]
    texts = [_REFERENCE.sub(lambda found: columns[found[1]], text) for text in templates]
    named = [name for text in templates for name in _REFERENCE.findall(text)]
    return " and ".join(texts) or None, sorted(set(named))


def _meta(declared: Node) -> Mapping[str, Any]:
    meta: Mapping[str, Any] = (declared.get("config") or {}).get("meta", {})
    return meta
