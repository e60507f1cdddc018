"""The metrics as measures of a semantic model for Power BI, in TMDL.

The folder is the ``definition`` of a semantic model: tables that read the release's Parquet files,
relationships, and the measures in DAX.
"""

import re
import uuid
from collections.abc import Mapping, Sequence

from klynge.metrics.declarations import (
    BASIS,
    COMPLETENESS,
    DIFFERENCE,
    FIGURE,
    PERIOD,
    SO_FAR,
    Catalogue,
    Metric,
)
from klynge.metrics.exports.expressions import column_of
from klynge.metrics.exports.schema import ExportedTable, Link, read_links

#: The tables of this schema are only in a release's database, not in Parquet files.
CORE = "core"
_NAMESPACE = uuid.UUID("3d1b4f52-7d0d-4a83-8f55-2f5f0c0b7a11")
#: The data type in TMDL for SQL types that begin with these words.
_TYPES = {
    "DECIMAL": "decimal",
    "BIGINT": "int64",
    "INTEGER": "int64",
    "HUGEINT": "int64",
    "DATE": "dateTime",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
}
_FORMATS = {0: "#,0", 1: "#,0.0", 2: "#,0.00"}
#: A comparison in a condition: a column, an operator, and one text or a list of texts.
_COMPARISON = re.compile(r"""\s*"(\w+)"\s*(=|<>|in)\s*('[^']*'|\([^)]*\))\s*""")


def write_tmdl(
    catalogue: Catalogue, tables: Mapping[str, ExportedTable], release_id: str
) -> dict[str, str]:
    """Return the text of each file of the definition; the keys are file names.

    The model has only the tables that a release has as Parquet: the star and the marts.
    """
    tables = {name: table for name, table in tables.items() if not name.startswith(f"{CORE}.")}
    files = {
        "definition/database.tmdl": "database\n\tcompatibilityLevel: 1600\n",
        "definition/model.tmdl": _model(tables, release_id),
        "definition/expressions.tmdl": _folder_parameter(),
        "definition/relationships.tmdl": _relationships(catalogue, tables),
    }
    for table in tables.values():
        measures = [
            metric
            for metric in catalogue.metrics.values()
            if catalogue.operands(metric)[0].table == table.name
        ]
        files[f"definition/tables/{table.short_name}.tmdl"] = _table(catalogue, table, measures)
    return files


def _model(tables: Mapping[str, ExportedTable], release_id: str) -> str:
    lines = [
        f"/// The Danish cluster programme, release {release_id}",
        "model Model",
        "\tculture: da-DK",
        "\tdefaultPowerBIDataSourceVersion: powerBI_V3",
        "\tsourceQueryCulture: da-DK",
        "",
        *(f"ref table {_name(table.short_name)}" for table in tables.values()),
    ]
    return "\n".join(lines) + "\n"


def _folder_parameter() -> str:
    return (
        "/// The folder with the Parquet files of a release\n"
        'expression Folder = "C:\\klyngedata\\marts" '
        'meta [IsParameterQuery=true, Type="Text", IsParameterQueryRequired=true]\n'
        f"\tlineageTag: {_tag('expression Folder')}\n"
    )


def _relationships(catalogue: Catalogue, tables: Mapping[str, ExportedTable]) -> str:
    return "\n".join(
        _relationship(link) for link in read_links(catalogue) if _can_relate(link, tables)
    )


def _can_relate(link: Link, tables: Mapping[str, ExportedTable]) -> bool:
    """Whether the model has the linked table of names, and both columns have the same type."""
    if link.names.table not in tables:
        return False
    start = tables[link.table].columns[link.column]
    return _type(start) == _type(tables[link.names.table].columns[link.names.key])


def _relationship(link: Link) -> str:
    start, end = link.table.rpartition(".")[2], link.names.table.rpartition(".")[2]
    return (
        f"relationship {_tag(f'{link.table} {link.dimension.name}')}\n"
        f"\tfromColumn: {_name(start)}.{_name(link.column)}\n"
        f"\ttoColumn: {_name(end)}.{_name(link.names.key)}\n"
    )


def _table(catalogue: Catalogue, table: ExportedTable, measures: Sequence[Metric]) -> str:
    name = _name(table.short_name)
    lines = [*_comment(table.description), f"table {name}", f"\tlineageTag: {_tag(table.name)}", ""]
    for metric in measures:
        lines += _measure(catalogue, metric)
    links = {link.column for link in read_links(catalogue) if link.table == table.name}
    for column, kind in table.columns.items():
        lines += [
            *(f"\t{line}" for line in _comment(table.comments.get(column, ""))),
            f"\tcolumn {_name(column)}",
            f"\t\tdataType: {_type(kind)}",
            # a reader chooses from the names in the related table, not from keys
            *(["\t\tisHidden"] if column in links else []),
            # only measures are summed, because their guards know which rows may be added
            "\t\tsummarizeBy: none",
            f"\t\tlineageTag: {_tag(f'{table.name}.{column}')}",
            f"\t\tsourceColumn: {column}",
            "",
        ]
    lines += [
        f"\tpartition {name} = m",
        "\t\tmode: import",
        "\t\tsource =",
        "\t\t\t\tlet",
        f"\t\t\t\t\tSource = Parquet.Document(File.Contents(Folder & {_parquet(table)}))",
        "\t\t\t\tin",
        "\t\t\t\t\tSource",
        "",
    ]
    return "\n".join(lines)


def _parquet(table: ExportedTable) -> str:
    return f'"\\{table.short_name}.parquet"'


def _measure(catalogue: Catalogue, metric: Metric) -> list[str]:
    return [
        *(f"\t{line}" for line in _comment(f"{metric.description_da} {metric.population_da}.")),
        f"\tmeasure {_name(metric.label_da)} =",
        *(f"\t\t\t{line}" for line in _expression(catalogue, metric)),
        f"\t\tformatString: {_FORMATS[metric.decimals]}",
        f"\t\tlineageTag: {_tag(f'measure {metric.name}')}",
        "",
    ]


def _expression(catalogue: Catalogue, metric: Metric) -> list[str]:
    if metric.operands:
        first, second = (f"[{one.label_da}]" for one in catalogue.operands(metric))
        if metric.kind == DIFFERENCE:
            return [f"{first} - {second}"]
        return [f"DIVIDE({metric.factor} * {first}, {second})"]
    table = catalogue.table(metric)
    short = f"'{table.name.rpartition('.')[2]}'"
    value = f"{short}[{column_of(metric)}]"
    conditions = [*_conditions(metric, short), f"NOT ISBLANK({value})"]
    lines = [f"VAR counted = FILTER({short}, {' && '.join(conditions)})"]
    if metric.kind == FIGURE:
        kept = [
            one
            for name, one in table.dimensions.items()
            if name not in (*metric.added_over, COMPLETENESS)
        ]
        keys = ", ".join(f"{short}[{one.column}]" for one in kept)
        return [
            *lines,
            f"VAR figures = COUNTROWS(SUMMARIZE(counted, {keys}))",
            f"RETURN IF(figures = 1, SUMX(counted, {value}))",
        ]
    basis, period = (f"{short}[{table.dimensions[name].column}]" for name in (BASIS, PERIOD))
    return [
        *lines,
        f"VAR bases = COUNTROWS(SUMMARIZE(counted, {basis}))",
        f"VAR periods = COUNTROWS(SUMMARIZE(counted, {period}))",
        f'VAR unfinished = COUNTROWS(FILTER(counted, RIGHT({period}, {len(SO_FAR)}) = "{SO_FAR}"))',
        f"RETURN IF(bases = 1 && (periods = 1 || unfinished = 0), SUMX(counted, {value}))",
    ]


def _conditions(metric: Metric, table: str) -> list[str]:
    """Write a metric's condition in DAX; raise ``ValueError`` if its form is unknown."""
    found, place, text = [], 0, metric.condition or ""
    while place < len(text):
        comparison = _COMPARISON.match(text, place)
        if comparison is None:
            raise ValueError(f"{metric.name}: {text[place:]} cannot be written in DAX")
        column, operator, values = comparison.groups()
        written = values.replace("'", '"')
        if operator == "in":
            written = f"{{{written[1:-1]}}}"
        found.append(f"{table}[{column}] {operator.upper()} {written}")
        place = comparison.end()
        place += len("and") if text.startswith("and", place) else 0
    return found


def _type(kind: str) -> str:
    return next((name for start, name in _TYPES.items() if kind.startswith(start)), "string")


def _comment(text: str) -> list[str]:
    return [f"/// {' '.join(text.split())}"] if text else []


def _name(name: str) -> str:
    """Quote a name if it has characters that are not letters, digits or underscores."""
    return name if re.fullmatch(r"\w+", name) else "'" + name.replace("'", "''") + "'"


def _tag(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))
