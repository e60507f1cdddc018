"""Test the structure of exports, and that their expressions give the answers of the metrics."""

import re
from dataclasses import replace

import pytest
import yaml

from klynge.metrics.answers import answer_question
from klynge.metrics.declarations import FIGURE
from klynge.metrics.exports.expressions import aggregate, bare
from klynge.metrics.exports.osi import write_osi
from klynge.metrics.exports.schema import read_tables
from klynge.metrics.exports.superset import left_out, write_superset
from klynge.metrics.exports.tmdl import write_tmdl
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Request
from klynge.metrics.sql import quote
from tests.metrics.small_release import small_catalogue, small_release


@pytest.fixture(scope="module")
def release():
    return small_release()


@pytest.fixture(scope="module")
def catalogue():
    return small_catalogue()


@pytest.fixture(scope="module")
def tables(release, catalogue):
    return read_tables(release, catalogue)


@pytest.mark.parametrize("where", [{}, {"period": "2021-2023"}, {"period": "2024"}])
def test_an_expression_gives_the_answer_or_null_for_a_refusal(release, catalogue, where):
    compared = 0
    for metric in catalogue.metrics.values():
        if metric.kind == FIGURE or metric.name in left_out(catalogue):
            continue
        table = catalogue.table(metric)
        chosen = " and ".join(f"period_id = '{period}'" for period in where.values()) or "true"
        expression = aggregate(catalogue, metric, bare)
        [(value,)] = release.execute(
            f"select {expression} from {quote(table.name)} where {chosen}"
        ).fetchall()
        try:
            rows = answer_question(release, catalogue, Request(metric.name, (), where)).rows
        except RefusalError:
            assert value is None, metric.name
            continue
        compared += len(rows)
        expected = rows[0].value if rows else None
        if expected is None or value is None:
            assert value == expected, metric.name
        else:
            assert round(float(value), 2) == pytest.approx(float(expected), abs=0.006), metric.name
    assert compared or not where


def test_the_expression_of_a_figure_is_null_unless_one_figure_is_chosen(release, catalogue):
    metric = catalogue.metrics["smes_under_250"]
    expression = aggregate(catalogue, metric, bare)

    def value(where):
        sql = f"select {expression} from evaluation.mart_company_mix where {where}"
        return release.execute(sql).fetchone()[0]

    assert value("true") is None
    assert value("period_id = '2023' and basis = 'reported'") is None
    assert value("period_id = '2023' and basis = 'reported' and organisation_id = 'made'") == 37


def test_the_ossie_file_refers_only_to_what_it_declares(catalogue, tables):
    [text] = write_osi(catalogue, tables, "a release").values()
    model = yaml.safe_load(text)
    assert set(model) == {
        *("version", "name", "description", "datasets", "relationships", "metrics"),
    }
    fields = {d["name"]: {f["name"] for f in d["fields"]} for d in model["datasets"]}
    for relationship in model["relationships"]:
        assert set(relationship["from_columns"]) <= fields[relationship["from"]]
        assert set(relationship["to_columns"]) <= fields[relationship["to"]]
    assert {metric["name"] for metric in model["metrics"]} == set(catalogue.metrics)
    for metric in model["metrics"]:
        [dialect] = metric["expression"]["dialects"]
        for table, column in re.findall(r'"(\w+)"\."(\w+)"', dialect["expression"]):
            assert column in fields[table], metric["name"]


def test_every_dataset_of_superset_runs(release, catalogue, tables):
    files = write_superset(catalogue, tables, "a release")
    datasets = [yaml.safe_load(text) for path, text in files.items() if "/datasets/" in path]
    assert len(datasets) == len(catalogue.tables)
    exported = set()
    for dataset in datasets:
        columns = {column["column_name"] for column in dataset["columns"]}
        rows = release.execute(dataset["sql"])
        assert columns == {column[0] for column in rows.description}
        for metric in dataset["metrics"]:
            release.execute(f"select {metric['expression']} from ({dataset['sql']})")
            exported.add(metric["metric_name"])
    assert exported == set(catalogue.metrics) - set(left_out(catalogue))


#: Patterns of the lines that TMDL allows, with their indentation.
_GRAMMAR = (
    r"///? .+",
    r"(database|model|table|relationship|expression|ref table) ?.*",
    r"\t(measure|column|partition) .+",
    r"\t{1,2}[a-z]\w*(: .+| =)?",
    r"\t///? .+",
    r"\t{3,5}\S.*",
    r"",
)


def test_the_files_of_power_bi_follow_the_grammar_of_tmdl(catalogue, tables):
    files = write_tmdl(catalogue, tables, "a release")
    declared = set()
    for text in files.values():
        for line in text.splitlines():
            assert any(re.fullmatch(rule, line) for rule in _GRAMMAR), repr(line)
            if name := re.match(r"\tmeasure ('.*?'(?!')|\w+) =", line):
                declared.add(name[1].strip("'").replace("''", "'"))
    assert declared == {metric.label_da for metric in catalogue.metrics.values()}
    everything = "\n".join(files.values())
    # quotes within a quoted name are doubled; names in brackets are measures or columns that exist
    columns = {column for table in tables.values() for column in table.columns}
    for name in re.findall(r"\[([^\]=,]+)\]", everything):
        assert name in declared | columns, name


def test_conditions_that_dax_cannot_express_stop_the_export(catalogue, tables):
    odd = replace(catalogue.metrics["cluster_grant"], condition="amount_kr > 5")
    changed = replace(catalogue, metrics={**catalogue.metrics, "cluster_grant": odd})
    with pytest.raises(ValueError, match="cannot be written in DAX"):
        write_tmdl(changed, tables, "a release")
