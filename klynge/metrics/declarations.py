"""The declared metrics of a release, which are in its file ``metrics.json``.

The file is written when a release is published, from dbt's semantic models and metrics::

    {"tables": [{"name": "bi.fact_funding", "columns": [column, …],
                 "dimensions": [{"name", "column", "label_da", "label_en", "totals": [key, …],
                                 "names": {"table", "key", "name_da", "name_en"} or null}]}],
     "metrics": [{"name", "kind", "label_da", "label_en", "description_da", "description_en",
                  "unit", "decimals", "population_da", "population_en", "words": [word, …],
                  "table", "expression",                      # sum and figure
                  "condition", "conditioned": [dimension, …], # sum and figure
                  "added_over": [dimension, …], "whole",      # figure
                  "operands": [metric, metric], "factor",     # ratio and difference
                  "not_added", "other_series", "report",      # may be null
                  "recurs", "printed": {"indicators": [indicator, …], "breakdown": dimension},
                  "zero_da", "zero_en"}]}
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from klynge.messages import Language

#: The file of a release with its declared metrics.
METRICS = "metrics.json"

#: The kinds of metrics. A sum adds rows of the star, a ratio divides one sum by another, a
#: difference subtracts one sum from another, and a figure is read from a mart.
SUM, RATIO, DIFFERENCE, FIGURE = "sum", "ratio", "difference", "figure"

#: Names of the dimensions that have their own rules in this package.
BASIS, COMPLETENESS, PERIOD, ORGANISATION = "basis", "completeness", "period", "organisation"
#: The dimension with the calls for applications; each belongs to a programme.
CALL = "call"

#: The key for all organisations together.
COUNTRY = "denmark"
#: Ending of the key of a period that not all organisations have reported.
SO_FAR = "_so_far"


@dataclass(frozen=True)
class Names:
    """The table with the names of a dimension's values, its key column and its two name columns."""

    table: str
    key: str
    name_da: str
    name_en: str


@dataclass(frozen=True)
class Dimension:
    """A dimension, by which a metric can be grouped and filtered.

    ``column`` is the column of the table of figures. Without ``names``, a value is its own name.
    ``totals`` are the keys of the rows that are totals of other rows.
    """

    name: str
    column: str
    label_da: str
    label_en: str
    names: Names | None
    totals: tuple[str, ...]

    def label(self, language: Language) -> str:
        return self.label_da if language is Language.da else self.label_en


@dataclass(frozen=True)
class FigureTable:
    """A table with figures: ``name`` is ``schema.table``."""

    name: str
    columns: frozenset[str]
    dimensions: Mapping[str, Dimension]


@dataclass(frozen=True)
class Metric:
    """One declared metric; the module's docstring names the fields of each kind.

    ``expression`` is the SQL of a row's value. ``condition`` is the SQL condition that chooses the
    rows that count, and ``conditioned`` are the dimensions in this condition. ``operands`` are the
    numerator and the denominator of a ratio, or the minuend and the subtrahend of a difference.
    ``factor`` multiplies a ratio, such as 100 for a percentage. ``added_over`` are the dimensions
    over which figures may be added. ``not_added`` is the code of the reason why figures cannot be
    added over the other dimensions. In some marts, each organisation's row also has the figure of
    all organisations together; ``whole`` is the column with that figure. ``other_series`` is the
    metric for the same subject in another series. ``report`` is the figure group whose reports the
    figures are computed from. ``recurs`` says that the same persons or companies can count again in
    each year. ``printed`` says which printed figures a sum repeats: their ``indicators``, and the
    dimension (``breakdown``) that divides them. ``zero_da`` and ``zero_en`` say what the value 0
    means, if it is not simply nothing.
    """

    name: str
    kind: str
    label_da: str
    label_en: str
    description_da: str
    description_en: str
    unit: str
    decimals: int
    population_da: str
    population_en: str
    words: tuple[str, ...] = ()
    table: str | None = None
    expression: str | None = None
    condition: str | None = None
    conditioned: tuple[str, ...] = ()
    added_over: tuple[str, ...] = ()
    whole: str | None = None
    operands: tuple[str, ...] = ()
    factor: int = 1
    not_added: str | None = None
    other_series: str | None = None
    report: str | None = None
    recurs: bool | None = None
    printed: Mapping[str, Any] | None = None
    zero_da: str | None = None
    zero_en: str | None = None

    def label(self, language: Language) -> str:
        return self.label_da if language is Language.da else self.label_en

    @property
    def value(self) -> str:
        """The SQL for a row's value; the value is null if the row does not count."""
        if self.condition is None:
            return f"({self.expression})"
        return f"(case when {self.condition} then {self.expression} end)"

    def description(self, language: Language) -> str:
        return self.description_da if language is Language.da else self.description_en

    def population(self, language: Language) -> str:
        return self.population_da if language is Language.da else self.population_en


@dataclass(frozen=True)
class Catalogue:
    """All metrics of a release, and the tables that they read."""

    metrics: Mapping[str, Metric]
    tables: Mapping[str, FigureTable]

    def operands(self, metric: Metric) -> tuple[Metric, ...]:
        """Return the operands of a ratio or difference; otherwise return the metric itself."""
        return tuple(self.metrics[name] for name in metric.operands) or (metric,)

    def table(self, metric: Metric) -> FigureTable:
        """Return a metric's table; for a ratio or difference, the table of its first operand."""
        name = self.operands(metric)[0].table
        if name is None:
            raise KeyError(metric.name)
        return self.tables[name]

    def dimensions(self, metric: Metric) -> dict[str, Dimension]:
        """Return a metric's dimensions; for a ratio or difference, those that both its tables have.

        A difference compares a plan for several years with results of only some of these years, so
        it cannot be divided by ``period``.
        """
        first, *others = [self.table(one).dimensions for one in self.operands(metric)]
        return {
            name: dimension
            for name, dimension in first.items()
            if all(name in dimensions for dimensions in others)
            and not (metric.kind == DIFFERENCE and name == PERIOD)
        }


def read_catalogue(content: Mapping[str, Any]) -> Catalogue:
    """Read the catalogue from the content of ``metrics.json``."""
    tables = [_read_table(table) for table in content["tables"]]
    metrics = [Metric(**_with_tuples(metric)) for metric in content["metrics"]]
    return Catalogue(
        metrics={metric.name: metric for metric in metrics},
        tables={table.name: table for table in tables},
    )


def _read_table(content: Mapping[str, Any]) -> FigureTable:
    dimensions = [
        Dimension(
            **{
                **_with_tuples(dimension),
                "names": Names(**dimension["names"]) if dimension["names"] else None,
            }
        )
        for dimension in content["dimensions"]
    ]
    return FigureTable(
        name=content["name"],
        columns=frozenset(content["columns"]),
        dimensions={dimension.name: dimension for dimension in dimensions},
    )


def _with_tuples(content: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(value) if isinstance(value, list) else value for name, value in content.items()
    }
