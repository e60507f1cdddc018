"""Read facts about models, sources and tests from dbt's manifest."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from klynge.home import Home, read_json
from orchestration.dbt.danish_descriptions import describe_in_danish, read_danish_descriptions
from orchestration.dbt.project import artifacts

Node = Mapping[str, Any]

_WORD = re.compile(r"\w+")
#: The entries of a table's ``meta`` that readers see.
_TABLE_META = ("label_da", "label_en")
#: The entries of a column's ``meta`` that readers see.
_COLUMN_META = ("label_da", "label_en", "unit", "sum")


def read_manifest(home: Home) -> Node:
    """Read the manifest of dbt's last call."""
    manifest: Node = read_json(artifacts(home) / "manifest.json")
    return manifest


def read_nodes(home: Home) -> dict[str, Node]:
    """Read models, seeds, tests and sources, by dbt id, from the manifest of dbt's last call."""
    manifest = read_manifest(home)
    return {**manifest["nodes"], **manifest["sources"]}


def table_name(node: Node) -> str:
    """``schema.table`` of a model, a seed or a source."""
    return f"{node['schema']}.{node['name']}"


def read_models_graph(home: Home) -> dict[str, list[str]]:
    """Return the models, seeds and sources that each model reads, all as ``schema.table``."""
    nodes = read_nodes(home)
    return {
        table_name(node): sorted({table_name(nodes[one]) for one in node["depends_on"]["nodes"]})
        for node in nodes.values()
        if node["resource_type"] == "model"
    }


def restricted_tables(home: Home) -> frozenset[str]:
    """Return every model, seed and source that analysts must not read, as ``schema.table``."""
    return frozenset(
        table_name(node)
        for node in read_nodes(home).values()
        if node["resource_type"] in ("model", "source", "seed") and is_restricted(node)
    )


def find_node(manifest: Node, table: str) -> str:
    """Find the dbt id of the model that builds ``schema.table``."""
    [found] = [key for key, node in manifest["nodes"].items() if _makes(node, table)]
    return str(found)


def describe_source(manifest: Node, table: str) -> str:
    """The description of the source ``schema.table``."""
    [found] = [node for node in manifest["sources"].values() if table_name(node) == table]
    return str(found["description"])


def tables_read(node: Node, manifest: Node) -> set[str]:
    """Return the tables (``schema.table``) that a model or test reads. A seed reads none."""
    nodes = {**manifest["nodes"], **manifest["sources"]}
    return {table_name(nodes[read]) for read in node["depends_on"].get("nodes", ())}


def describe_columns(home: Home) -> dict[str, dict[str, str]]:
    """Return the description of each column, by table (``schema.table``) and column."""
    return {
        table_name(node): {name: column["description"] for name, column in node["columns"].items()}
        for node in read_nodes(home).values()
        if node["resource_type"] in ("model", "source", "seed")
    }


def is_restricted(node: Node) -> bool:
    """Whether a table's ``meta`` says that the analysts' edition must not have the table."""
    meta: dict[str, Any] = node["config"].get("meta", {})
    return meta.get("edition") == "restricted"


def describe_models(home: Home) -> dict[str, Any]:
    """Describe models by facts that are not in their SQL, for :mod:`klynge.lineage.models`."""
    manifest = read_manifest(home)
    nodes = {**manifest["nodes"], **manifest["sources"]}
    danish = read_danish_descriptions()
    grains = _grains(nodes.values())
    tables = {n["name"]: table_name(n) for n in nodes.values() if n["resource_type"] == "model"}
    models = [
        {
            "schema": node["schema"],
            "table": node["name"],
            "file": node["path"],
            "materialized": node["config"]["materialized"],
            "reads": sorted(table_name(nodes[one]) for one in set(node["depends_on"]["nodes"])),
            "grain": grains.get(unique_id, []),
            "description": node["description"],
            "description_da": describe_in_danish(node, manifest, danish),
            "references": _references(node, tables),
            **{key: node["config"].get("meta", {}).get(key) for key in _TABLE_META},
            "columns": {
                name: {
                    "type": column["data_type"] if node["contract"]["enforced"] else None,
                    "description": column["description"],
                    "description_da": describe_in_danish(column, manifest, danish),
                    **{key: column["meta"].get(key) for key in _COLUMN_META},
                }
                for name, column in node["columns"].items()
            },
        }
        for unique_id, node in nodes.items()
        if node["resource_type"] == "model"
    ]
    seeds = {
        node["name"]: node["config"]["column_types"]
        for node in nodes.values()
        if node["resource_type"] == "seed"
    }
    return {"models": sorted(models, key=lambda m: m["file"]), "seeds": dict(sorted(seeds.items()))}


def _references(node: Node, tables: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the table and column to which each foreign key refers, by column.

    Before dbt has built the model, the manifest has the table as ``ref('table')``. Afterwards, it
    has the table with its schema.
    """
    return {
        name: [tables[_WORD.findall(key["to"])[-1]], key["to_columns"][0]]
        for name, column in node["columns"].items()
        for key in column["constraints"]
        if key["type"] == "foreign_key"
    }


def _makes(node: Node, table: str) -> bool:
    return node["resource_type"] == "model" and table_name(node) == table


def _grains(nodes: Iterable[Node]) -> dict[str, list[str]]:
    """Return the columns whose combination is unique, by model.

    They come from a dbt test. If the rows of a table are written after dbt's tests, the columns
    come from the model's ``meta`` instead, and the gate checks them.
    """
    nodes = list(nodes)
    tests = [n for n in nodes if n["resource_type"] == "test" and n.get("test_metadata")]
    found = {n["unique_id"]: n["config"]["meta"]["grain"] for n in nodes if _declares_grain(n)}
    for test in tests:
        name, arguments = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
        if name == "unique_grain":
            found[test["attached_node"]] = arguments["columns"]
        elif name == "unique":
            found[test["attached_node"]] = [arguments["column_name"]]
    return found


def _declares_grain(node: Node) -> bool:
    return node["resource_type"] == "model" and "grain" in node["config"].get("meta", {})
