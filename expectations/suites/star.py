"""Check that plain sums over the star are true, whatever the dimension.

The checks read the declarations of the facts in ``models/bi``. A column with a foreign key is a
dimension; any other column is a measure. So a new fact or column is checked as well. The
``printed_totals`` of a measure name the printed figures to which rows of the fact add up. If a
measure has no printed figure, ``not_printed`` gives the reason. :mod:`expectations.metric_sums`
writes the metrics' answers, with which the sums are compared.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from great_expectations.expectations import UnexpectedRowsExpectation
from great_expectations.expectations.expectation import Expectation

from expectations.declaration import ANALYSIS, WAREHOUSE
from klynge import checkout
from klynge.messages import message
from klynge.warehouse.schemas import STAR

FOLDER = checkout.DBT_PROJECT / "models" / STAR
#: The table to which the checks belong, although each check reads all facts.
TABLE = f"{STAR}.fact_funding"
#: The table with the answers of the metrics; it is in the build only while the checks run.
METRIC_SUMS = "comparison.metric_sums"
#: The id of the check that compares sums with metrics.
METRICS_CHECK = "sums_are_the_metrics"
#: The dimension and the key of a sum over all rows of a fact.
ALL = "all"


@dataclass(frozen=True)
class PrintedTotal:
    """A printed figure to which rows of a fact add up.

    ``where`` has the values of columns that choose the rows. A rounded figure is printed in whole
    units of ``rounded_to``. A figure without ``rounded_to`` is equal to the sum.
    """

    measure: str
    figure_id: str
    where: Mapping[str, str]
    rounded_to: int = 0


@dataclass(frozen=True)
class Fact:
    """A fact of the star as its yml declares it."""

    name: str
    #: for each column with a foreign key: the table and the column that it refers to
    dimensions: Mapping[str, tuple[str, str]]
    measures: tuple[str, ...]
    printed_totals: tuple[PrintedTotal, ...]
    #: for each measure without a printed total, the reason
    not_printed: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The fact's name in a query; Great Expectations calls the checked table ``{batch}``."""
        return "{batch}" if self.name == TABLE else self.name


def read_facts(folder: Path = FOLDER) -> list[Fact]:
    """Read the facts that the yml files of a folder declare, in order of name."""
    models = [
        model
        for path in sorted(folder.glob("*.yml"))
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", [])
    ]
    facts = [_read_fact(model) for model in models]
    return [fact for fact in facts if fact.dimensions]


def _read_fact(model: Mapping[str, Any]) -> Fact:
    dimensions, measures, totals, not_printed = {}, [], [], {}
    for column in model["columns"]:
        keys = [key for key in column.get("constraints", ()) if key["type"] == "foreign_key"]
        if keys:
            table = keys[0]["to"].removeprefix("ref('").removesuffix("')")
            dimensions[column["name"]] = (f"{STAR}.{table}", keys[0]["to_columns"][0])
        else:
            meta = column["config"]["meta"]
            measures.append(column["name"])
            totals += [
                PrintedTotal(column["name"], **one) for one in meta.get("printed_totals", ())
            ]
            if "not_printed" in meta:
                not_printed[column["name"]] = meta["not_printed"]
    name = f"{STAR}.{model['name']}"
    return Fact(name, dimensions, tuple(measures), tuple(totals), not_printed)


def _sums(fact: Fact) -> Iterator[str]:
    for measure in fact.measures:
        for dimension, (table, key) in fact.dimensions.items():
            yield f"""
        select '{fact.name}' as fact, '{measure}' as measure, '{dimension}' as dimension,
            plain.total, groups.total as total_of_groups
        from (select sum({measure}) as total from {fact.source}) plain
        cross join (
            select sum(total) as total from (
                select d.name_da, d.name_en, sum(f.{measure}) as total
                from {fact.source} f join {table} d on f.{dimension} = d.{key}
                group by d.name_da, d.name_en
            )
        ) groups
        where plain.total is distinct from groups.total"""


def _printed_totals(fact: Fact) -> Iterator[str]:
    for one in fact.printed_totals:
        rows = " and ".join(f"{column} = '{value}'" for column, value in one.where.items())
        # if reported rows have replaced all printed rows, there is nothing to compare
        yield f"""
        select '{fact.name}' as fact, '{one.measure}' as measure, p.figure_id,
            coalesce(p.amount_kr, p.value) as printed, f.total
        from core.fct_published_figures p
        cross join (
            select sum({one.measure}) filter ({rows} and basis_id = 'published') as total,
                count(*) filter (basis_id = 'reported') as reported
            from {fact.source}
        ) f
        where p.figure_id = '{one.figure_id}'
            and coalesce(
                2 * abs(f.total - coalesce(p.amount_kr, p.value)) > {one.rounded_to},
                f.total is not null or f.reported = 0
            )"""


def _groups(fact: Fact) -> Iterator[str]:
    """The sums of all measures: over all rows, and over each member of each dimension."""
    names = ", ".join(f"'{measure}'" for measure in fact.measures)
    sums = ", ".join(f"cast(sum(f.{measure}) as decimal(38, 6))" for measure in fact.measures)
    columns = f"unnest([{names}]) as measure, unnest([{sums}]) as total"
    yield f"""
        select '{fact.name}' as fact, '{ALL}' as dimension, '{ALL}' as key, {columns}
        from {fact.source} f"""
    for dimension, (table, key) in fact.dimensions.items():
        yield f"""
        select '{fact.name}' as fact, '{dimension}' as dimension,
            cast(d.{key} as varchar) as key, {columns}
        from {fact.source} f join {table} d on f.{dimension} = d.{key}
        group by d.{key}"""


def compare_with_metrics(facts: Iterable[Fact]) -> str:
    """The query for sums that are not the metric's answer, and for measures without a metric."""
    plain = "\nunion all\n".join(part for fact in facts for part in _groups(fact))
    return f"""
        with plain as ({plain}
        )
        select coalesce(p.fact, m.fact) as fact, coalesce(p.measure, m.measure) as measure,
            coalesce(p.dimension, m.dimension) as dimension, coalesce(p.key, m.key) as key,
            p.total, m.metric, m.total as answer_of_metric
        from (select * from plain where total is not null or dimension = '{ALL}') p
        full join {METRIC_SUMS} m
            on p.fact = m.fact and p.measure = m.measure
                and p.dimension = m.dimension and p.key = m.key
        where p.fact is null or m.fact is null or p.total is distinct from m.total
        order by all"""


def _bases(fact: Fact) -> Iterator[str]:
    subject = "call_id" if "call_id" in fact.dimensions else "period_id"
    yield f"""
        select '{fact.name}' as fact, f.{subject} as subject, count(distinct f.basis_id) as bases,
            bool_or(s.has_sample) as has_sample
        from {fact.source} f
        cross join (
            select bool_or(basis_id = 'sample') and count(distinct basis_id) > 1 as has_sample
            from {fact.source}
        ) s
        group by f.{subject}
        having count(distinct f.basis_id) > 1 or bool_or(s.has_sample)"""


def _periods(fact: Fact) -> Iterator[str]:
    # two calls may cover the same years
    if "call_id" not in fact.dimensions:
        yield f"""
        select distinct '{fact.name}' as fact, p.period_id, q.period_id as other_period_id
        from {fact.source} f
        join {STAR}.period p on f.period_id = p.period_id
        join {fact.source} g on f.period_id < g.period_id
        join {STAR}.period q on g.period_id = q.period_id
        where p.first_year <= q.last_year and q.first_year <= p.last_year"""


def _union(parts: Iterator[str]) -> str:
    return "\nunion all\n".join(parts) + "\norder by all"


#: The facts of the star.
FACTS = read_facts()


class SumsAreTheSameOverEachDimension(UnexpectedRowsExpectation):
    description: str = message(
        "The sum of a measure of the star is the same over each dimension as without a dimension."
    )
    unexpected_rows_query: str = _union(part for fact in FACTS for part in _sums(fact))


class SumsAreThePrintedTotals(UnexpectedRowsExpectation):
    description: str = message(
        "Where the rows of a fact are printed, their sum is the printed total."
    )
    unexpected_rows_query: str = _union(part for fact in FACTS for part in _printed_totals(fact))


class SumsAreTheMetrics(UnexpectedRowsExpectation):
    description: str = message(
        "Each measure of the star has a metric, whose answer over each dimension is the plain sum."
    )
    unexpected_rows_query: str = compare_with_metrics(FACTS)


class EachPeriodHasOneBasis(UnexpectedRowsExpectation):
    description: str = message(
        "Each period or call of a fact has one basis, and no sample row stands beside other rows."
    )
    unexpected_rows_query: str = _union(part for fact in FACTS for part in _bases(fact))


class NoYearCountsTwice(UnexpectedRowsExpectation):
    description: str = message("No two periods of a fact have a year in common.")
    unexpected_rows_query: str = _union(part for fact in FACTS for part in _periods(fact))


def expectations() -> Iterator[tuple[str, Expectation]]:
    """Yield the checks of all facts of the star."""
    for kind in (
        SumsAreTheSameOverEachDimension,
        SumsAreThePrintedTotals,
        EachPeriodHasOneBasis,
        NoYearCountsTwice,
    ):
        yield TABLE, kind(meta={"owner": ANALYSIS})
    # a submission cannot make a metric differ from its measure
    yield TABLE, SumsAreTheMetrics(meta={"owner": WAREHOUSE})
