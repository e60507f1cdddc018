"""Column lineage for other tools, as one OpenLineage event for each model of a release.

Names come from the warehouse and contain no host and no path. Jobs and tables share one namespace;
a table is ``schema.table``. https://openlineage.io/spec/2-0-2/OpenLineage.json defines the events.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from klynge.errors import InputError
from klynge.lineage.column_lineage import EVERY
from klynge.messages import Message, joined, message
from klynge.releases.models import read_models
from klynge.releases.reading import Release
from klynge.tracing.gaps import describe_refused_rows
from klynge.tracing.sources import RAW
from klynge.warehouse.column_lineage import TABLE

NAMESPACE = "klyngedata"
#: The name of the job that is the parent of every event's job.
NIGHTLY = "nightly_evaluation_refresh"

_SPEC = "https://openlineage.io/spec"
#: Kind of column lineage -> type in OpenLineage. The type of a value is DIRECT without a subtype,
#: because the events do not say how a value is computed.
_KINDS = {
    "value": {"type": "DIRECT"},
    "filter": {"type": "INDIRECT", "subtype": "FILTER"},
    "join": {"type": "INDIRECT", "subtype": "JOIN"},
    "group": {"type": "INDIRECT", "subtype": "GROUP_BY"},
    "order": {"type": "INDIRECT", "subtype": "SORT"},
}

#: Maps each column of a model to the source columns (table, column) on which it depends in the
#: model's SQL. Each source column has its kinds of lineage.
Fields = dict[str, dict[tuple[str, str], list[str]]]


def events(release: Release) -> Iterator[dict[str, Any]]:
    """Yield a run event for each model, after the events of the models that it reads.

    Raises :class:`InputError` for a release that was built before column lineage was kept.
    """
    models = read_models(release)
    fields, types = _fields(release), _types(release)
    manifest = release.manifest
    versions = {f"{t['schema']}.{t['table']}": t["content_hash"] for t in manifest["tables"]}
    refused = _refused_rows(manifest["inputs"]["loads"])
    producer = f"urn:klyngedata:{manifest['code']['commit']}"

    def facet(name: str, version: str, **content: Any) -> dict[str, Any]:
        address = f"{_SPEC}/facets/{version}/{name}.json#/$defs/{name}"
        return {"_producer": producer, "_schemaURL": address, **content}

    def described(table: str) -> dict[str, Any]:
        columns = [{"name": name, "type": kind} for name, kind in types.get(table, {}).items()]
        version = versions.get(table) or release.release_id
        facets = {
            "schema": facet("SchemaDatasetFacet", "1-1-1", fields=columns),
            "version": facet("DatasetVersionDatasetFacet", "1-0-1", datasetVersion=version),
        }
        if table in refused:
            facets["documentation"] = facet(
                "DocumentationDatasetFacet", "1-1-0", description=refused[table]
            )
        return facets

    for model in models.values():
        outputs = described(model.name) | {
            "columnLineage": facet(
                "ColumnLineageDatasetFacet", "1-2-0", fields=_lineage(fields.get(model.name, {}))
            )
        }
        yield {
            "eventType": "COMPLETE",
            "eventTime": manifest["created_at"],
            "producer": producer,
            "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {
                "runId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{release.release_id}/{model.name}")),
                "facets": {
                    "parent": facet(
                        "ParentRunFacet",
                        "1-0-1",
                        run={"runId": manifest["run_id"]},
                        job={"namespace": NAMESPACE, "name": NIGHTLY},
                    )
                },
            },
            "job": {
                "namespace": NAMESPACE,
                "name": model.name,
                "facets": {"sql": facet("SQLJobFacet", "1-0-1", query=model.sql)},
            },
            "inputs": [
                {"namespace": NAMESPACE, "name": table, "facets": described(table)}
                for table in sorted(model.reads)
            ],
            "outputs": [{"namespace": NAMESPACE, "name": model.name, "facets": outputs}],
        }


def _lineage(of_model: Mapping[str, Mapping[tuple[str, str], list[str]]]) -> dict[str, Any]:
    return {
        column: {
            "inputFields": [
                {
                    "namespace": NAMESPACE,
                    "name": table,
                    "field": field,
                    "transformations": [_KINDS[kind] for kind in kinds],
                }
                for (table, field), kinds in sources.items()
            ]
        }
        for column, sources in of_model.items()
    }


def _refused_rows(loads: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Map each raw table to a text about the rows that the door refused, file by file."""
    found: dict[str, list[Message]] = {}
    for load in loads:
        said = describe_refused_rows(load, ", ".join(load["files"]))
        if said is not None and not load.get("erased"):
            found.setdefault(f"{RAW}.{load['dataset']}", []).append(said)
    return {table: str(joined(parts)) for table, parts in found.items()}


def _fields(release: Release) -> dict[str, Fields]:
    """Map each model to the source columns of its columns; ``count(*)`` has no source column."""
    found: dict[str, Fields] = {}
    try:
        answer = release.arrow(f"from {TABLE} where reach = 'direct' order by all")
    except InputError as error:
        raise InputError(
            message(
                "release {release_id} has no column lineage: run `klynge nightly` to build a "
                "release with column lineage",
                release_id=release.release_id,
            )
        ) from error
    for row in answer.to_pylist():
        of_model = found.setdefault(f"{row['table_schema']}.{row['table_name']}", {})
        sources = of_model.setdefault(row["column_name"], {})
        if row["source_column"] not in (None, EVERY):
            key = (f"{row['source_schema']}.{row['source_table']}", row["source_column"])
            sources.setdefault(key, []).append(row["kind"])
    return found


def _types(release: Release) -> dict[str, dict[str, str]]:
    """Map each table of the analysts' edition to its columns and their types."""
    found: dict[str, dict[str, str]] = {}
    answer = release.arrow(
        "select table_schema || '.' || table_name as name, column_name, data_type "
        "from information_schema.columns order by table_schema, table_name, ordinal_position"
    )
    for row in answer.to_pylist():
        found.setdefault(row["name"], {})[row["column_name"]] = row["data_type"]
    return found
