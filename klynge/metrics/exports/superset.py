"""The metrics as datasets of Apache Superset, to import as a zip file.

A dataset is a query on one table of figures that adds the names of the dimensions' values. A metric
that reads two tables cannot be in a dataset of Superset, so it is left out.
"""

import uuid
from collections.abc import Mapping
from typing import Any

import yaml

from klynge.messages import Language
from klynge.metrics.declarations import Catalogue, FigureTable, Metric
from klynge.metrics.exports.expressions import aggregate, bare
from klynge.metrics.exports.schema import ExportedTable
from klynge.metrics.sql import quote

#: Identifiers are computed from this value, so that an import replaces an earlier import.
_NAMESPACE = uuid.UUID("6a3c1c34-5b0e-4c43-9d2c-6f1d53a1c0de")
_FOLDER, _DATABASE = "klyngedata", "Klyngedata"
#: Number formats of Superset for the decimals of a metric.
_FORMATS = {0: ",d", 1: ",.1f", 2: ",.2f"}


def write_superset(
    catalogue: Catalogue, tables: Mapping[str, ExportedTable], _release_id: str
) -> dict[str, str]:
    """Return the text of each file of the import; the keys are file names within one folder."""
    files: dict[str, Any] = {
        "metadata.yaml": {"version": "1.0.0", "type": "SqlaTable"},
        f"databases/{_DATABASE}.yaml": {
            "database_name": _DATABASE,
            # an import does not change the address of an existing database
            "sqlalchemy_uri": "duckdb:////klyngedata.duckdb?access_mode=read_only",
            "expose_in_sqllab": True,
            "allow_dml": False,
            "extra": {},
            "uuid": _uuid("database"),
            "version": "1.0.0",
        },
    }
    for name, table in catalogue.tables.items():
        dataset = _dataset(catalogue, table, tables[name])
        files[f"datasets/{_DATABASE}/{tables[name].short_name}.yaml"] = dataset
    return {
        f"{_FOLDER}/{path}": yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        for path, content in files.items()
    }


def left_out(catalogue: Catalogue) -> list[str]:
    """The metrics that read two tables."""
    return [
        metric.name
        for metric in catalogue.metrics.values()
        if len({operand.table for operand in catalogue.operands(metric)}) > 1
    ]


def _dataset(catalogue: Catalogue, table: FigureTable, exported: ExportedTable) -> dict[str, Any]:
    metrics = [
        metric
        for metric in catalogue.metrics.values()
        if {operand.table for operand in catalogue.operands(metric)} == {table.name}
    ]
    return {
        "table_name": f"klyngedata {exported.short_name}",
        "description": exported.description or None,
        "schema": table.name.partition(".")[0],
        "sql": _query(table),
        "main_dttm_col": "date_id" if "date_id" in exported.columns else None,
        "columns": [
            *(
                _column(name, kind, None, exported.comments.get(name))
                for name, kind in exported.columns.items()
            ),
            *(
                _column(f"{one.name}_name_da", "VARCHAR", one.label(Language.da))
                for one in table.dimensions.values()
                if one.names
            ),
        ],
        "metrics": [_metric(catalogue, metric) for metric in metrics],
        "uuid": _uuid(table.name),
        "database_uuid": _uuid("database"),
        "version": "1.0.0",
    }


def _query(table: FigureTable) -> str:
    named = [one for one in table.dimensions.values() if one.names]
    columns = [
        f"{quote(one.name)}.{quote(one.names.name_da)} AS {quote(f'{one.name}_name_da')}"
        for one in named
        if one.names
    ]
    joins = [
        f"LEFT JOIN {quote(one.names.table)} AS {quote(one.name)} ON "
        f"CAST(figures.{quote(one.column)} AS VARCHAR) = {quote(one.name)}.{quote(one.names.key)}"
        for one in named
        if one.names
    ]
    selected = ", ".join(["figures.*", *columns])
    return "\n".join([f"SELECT {selected}", f"FROM {quote(table.name)} AS figures", *joins])


def _column(
    name: str, kind: str, label: str | None, description: str | None = None
) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": label,
        "description": description,
        "type": kind,
        "is_dttm": kind == "DATE",
        "is_active": True,
        "groupby": True,
        "filterable": True,
    }


def _metric(catalogue: Catalogue, metric: Metric) -> dict[str, Any]:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label_da,
        "metric_type": None,
        "expression": aggregate(catalogue, metric, bare),
        "description": f"{metric.description_da} {metric.population_da}.",
        "d3format": _FORMATS[metric.decimals],
    }


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))
