"""The names and owners of dbt's models, seeds, sources and tests in Dagster."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

from klynge.status.reading import STALE_AFTER
from klynge.warehouse.schemas import CORE, MARTS
from orchestration.dbt.data_tests import describe_test
from orchestration.dbt.manifest import is_restricted
from orchestration.owners import owners_of

#: When a published table is older than this, Dagster reports it as overdue. `klynge status` uses
#: the same limit for a release.
FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=STALE_AFTER)

Node = Mapping[str, Any]


def is_published(schema: str) -> bool:
    """Whether the tables of a schema are part of a release."""
    return schema in (CORE, *MARTS)


class Translator(DagsterDbtTranslator):
    """Names assets ``<schema>/<table>``, as in the database."""

    def __init__(self) -> None:
        super().__init__(settings=DagsterDbtTranslatorSettings(enable_asset_checks=True))

    def get_asset_key(self, dbt_resource_props: Node) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Node) -> str | None:
        return str(dbt_resource_props["schema"])

    def get_description(self, dbt_resource_props: Node) -> str:
        if dbt_resource_props["description"]:
            return super().get_description(dbt_resource_props)
        return f"Reference data, as written in `{dbt_resource_props['original_file_path']}`."

    def get_owners(self, dbt_resource_props: Node) -> list[str]:
        return owners_of(dbt_resource_props["schema"])

    def get_tags(self, dbt_resource_props: Node) -> Mapping[str, str]:
        edition = "restricted" if is_restricted(dbt_resource_props) else "analyst"
        own = {"edition": edition} if is_published(dbt_resource_props["schema"]) else {}
        return {**super().get_tags(dbt_resource_props), **own}

    def get_metadata(self, dbt_resource_props: Node) -> Mapping[str, Any]:
        found = dict(super().get_metadata(dbt_resource_props))
        if dbt_resource_props["schema"] in MARTS:
            table = dbt_resource_props["name"]
            found["klynge/trace"] = f"klynge trace {table} KEY=VALUE… --column COLUMN"
            found["klynge/query"] = f'klynge query "from {dbt_resource_props["schema"]}.{table}"'
        return found

    def get_asset_spec(
        self, manifest: Node, unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        spec = super().get_asset_spec(manifest, unique_id, project)
        if not is_published(spec.key.path[0]):
            return spec
        return spec.replace_attributes(freshness_policy=FRESHNESS)

    def get_asset_check_spec(
        self, asset_spec: dg.AssetSpec, manifest: Node, unique_id: str, project: DbtProject | None
    ) -> dg.AssetCheckSpec | None:
        spec = super().get_asset_check_spec(asset_spec, manifest, unique_id, project)
        if spec is None:
            return None
        return spec._replace(description=describe_test(manifest["nodes"][unique_id]))
