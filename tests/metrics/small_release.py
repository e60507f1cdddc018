"""Make a small release in memory: two facts, two marts, and their declared metrics."""

import duckdb

from klynge.metrics.declarations import Catalogue, read_catalogue

TABLES = """
create schema bi; create schema evaluation; create schema core; create schema audit;
create table core.fct_published_figures (
    figure_id varchar, indicator_id varchar, breakdown varchar, statistic varchar,
    organisation_id varchar, period_id varchar, printed_text varchar, value decimal(20, 6),
    amount_kr decimal(18, 2)
);
insert into core.fct_published_figures values
    ('dfir_2024#t7.made.cluster_grant', 'consumed', 'cluster_grant', 'level', 'made', '2021-2023',
        '30', 30, 30),
    ('dfir_2024#t7.made.private', 'consumed', 'private', 'level', 'made', '2021-2023',
        '10', 10, 10),
    ('dfir_2024#t7.total.cluster_grant', 'consumed', 'cluster_grant', 'level', null, '2021-2023',
        '30', 30, 30),
    ('dfir_2024#t2.made.share', 'consumed', 'total', 'share', 'made', '2021-2023', '80', 80, null),
    ('dfir_2024#t1.made', 'coverage', 'total', 'level', 'made', '2021', '2,22', 2.22, null),
    ('dfir_2024#t1.clean', 'participants', 'total', 'share', 'clean', '2021', '4,7', 4.7, null);
create table audit.mart_figure_findings (figure_id varchar, finding_id varchar);
insert into audit.mart_figure_findings values
    ('dfir_2024#t7.made.private', 'rows_miss_the_total'),
    ('dfir_2024#t2.made.share', 'shares_miss_100');
create table bi.organisation (organisation_id varchar, name_da varchar, name_en varchar);
insert into bi.organisation values
    ('made', 'MADE', 'MADE'), ('clean', 'CLEAN', 'CLEAN'), ('denmark', 'Danmark', 'Denmark'),
    ('not_distributed', 'Ikke fordelt', 'Not distributed'), ('it''s', 'Ø''s', 'O''s');
create table bi.period (period_id varchar, name_da varchar, name_en varchar);
insert into bi.period values
    ('2018', '2018', '2018'), ('2025', '2025', '2025'),
    ('2021-2023', '2021–2023', '2021–2023'), ('2024', '2024', '2024'),
    ('2025_so_far', '2025 indtil nu', '2025 so far');
create table bi.funding_source (funding_source_id varchar, name_da varchar, name_en varchar);
insert into bi.funding_source values
    ('cluster_grant', 'Klyngebevilling', 'Cluster grant'), ('private', 'Privat', 'Private'),
    ('eu', 'EU', 'EU');
create table bi.fact_funding (
    organisation_id varchar, period_id varchar, funding_source_id varchar, basis_id varchar,
    completeness_id varchar, amount_kr decimal(18, 2)
);
insert into bi.fact_funding values
    ('made', '2021-2023', 'cluster_grant', 'published', 'printed', 30),
    ('made', '2021-2023', 'private', 'published', 'printed', 10),
    ('clean', '2021-2023', 'cluster_grant', 'published', 'printed', 0),
    ('clean', '2021-2023', 'private', 'published', 'printed', 5.55),
    ('not_distributed', '2021-2023', 'eu', 'published', 'printed', 4.45),
    ('made', '2024', 'cluster_grant', 'reported', 'complete', 7),
    ('made', '2024', 'private', 'reported', 'complete', 1),
    ('clean', '2024', 'cluster_grant', 'reported', 'complete', 8),
    ('made', '2025_so_far', 'cluster_grant', 'reported', 'partial', 1);
create table bi.fact_accounts_funding (
    period_id varchar, funding_source_id varchar, basis_id varchar, completeness_id varchar,
    amount_kr decimal(18, 2)
);
insert into bi.fact_accounts_funding values ('2018', 'eu', 'published', 'printed', 494);
create table evaluation.mart_company_mix (
    organisation_id varchar, period_id varchar, category varchar, companies bigint,
    is_withheld boolean, basis varchar, completeness varchar, reporters_in integer,
    reporters_due integer
);
insert into evaluation.mart_company_mix values
    ('denmark', '2023', 'under_50', 40, false, 'reported', 'complete', 2, 2),
    ('denmark', '2023', '50_to_249', 9, false, 'reported', 'complete', 2, 2),
    ('denmark', '2023', '250_and_over', 3, false, 'reported', 'complete', 2, 2),
    ('made', '2023', 'under_50', 30, false, 'reported', 'complete', 1, 1),
    ('made', '2023', '50_to_249', 7, false, 'reported', 'complete', 1, 1),
    ('clean', '2023', 'under_50', 20, false, 'reported', 'complete', 1, 1),
    ('clean', '2023', '50_to_249', null, true, 'reported', 'complete', 1, 1),
    ('reported_so_far', '2024', 'under_50', 30, false, 'reported', 'partial', 1, 2),
    ('made', '2024', 'under_50', 30, false, 'reported', 'complete', 1, 1),
    ('made', '2023', 'under_50', 99, false, 'sample', 'complete', 1, 1);
create table evaluation.mart_reporting (
    figure_group varchar, basis varchar, period_id varchar, organisation_id varchar,
    reporters_in integer, reporters_due integer, rows_refused bigint,
    refused_amount_kr decimal(18, 2), completeness varchar
);
insert into evaluation.mart_reporting values
    ('funding', 'reported', '2025', 'reported_so_far', 3, 14, 5, 1000.50, 'partial'),
    ('funding', 'reported', '2025', 'made', 1, 1, 2, 1000.50, 'rows_refused'),
    ('funding', 'reported', '2025', 'clean', 0, 1, 0, null, 'partial');
create table evaluation.mart_coverage_of_industry (
    organisation_id varchar, period_id varchar, coverage_percent decimal(20, 2), basis varchar,
    completeness varchar, figure_id varchar
);
insert into evaluation.mart_coverage_of_industry values
    ('made', '2021', 2.22, 'published', 'printed', 'dfir_2024#t1.made'),
    ('made', '2021', 2.50, 'reported', 'partial', null),
    ('clean', '2021', 0.47, 'published', 'printed', 'dfir_2024#t1.clean'),
    ('clean', '2022', 0.50, 'reported', 'complete', null);
"""


def _names(dimension: str) -> dict[str, str]:
    return {
        "table": f"bi.{dimension}",
        "key": f"{dimension}_id",
        "name_da": "name_da",
        "name_en": "name_en",
    }


_ORGANISATION = {
    "name": "organisation",
    "column": "organisation_id",
    "label_da": "Organisation",
    "label_en": "Organisation",
    "names": _names("organisation"),
    "totals": [],
}
_PERIOD = {
    **_ORGANISATION,
    "name": "period",
    "column": "period_id",
    "label_da": "Periode",
    "label_en": "Period",
    "names": _names("period"),
}
_SOURCE = {
    **_ORGANISATION,
    "name": "funding_source",
    "column": "funding_source_id",
    "label_da": "Finansieringskilde",
    "label_en": "Funding source",
    "names": _names("funding_source"),
}
_PLAIN = {"names": None, "totals": []}
_BASIS = {"name": "basis", "label_da": "Grundlag", "label_en": "Basis", **_PLAIN}
_COMPLETENESS = {
    "name": "completeness",
    "label_da": "Fuldstændighed",
    "label_en": "Completeness",
    **_PLAIN,
}
_STAR = [{**_BASIS, "column": "basis_id"}, {**_COMPLETENESS, "column": "completeness_id"}]
_MART = [{**_BASIS, "column": "basis"}, {**_COMPLETENESS, "column": "completeness"}]
_TOTAL = {**_ORGANISATION, "totals": ["denmark", "reported_so_far"]}
_CATEGORY = {
    "name": "category",
    "column": "category",
    "label_da": "Kategori",
    "label_en": "Category",
    **_PLAIN,
}
_PRINTED = {"indicators": ["consumed"], "breakdown": "funding_source"}
_KR = {
    "kind": "sum",
    "unit": "kr",
    "decimals": 2,
    "description_da": "Forbrugte midler.",
    "description_en": "Money consumed.",
    "population_da": "Klyngeorganisationer",
    "population_en": "Cluster organisations",
    "words": [],
    "expression": "amount_kr",
    "table": "bi.fact_funding",
}
_COMPANIES = {
    **_KR,
    "kind": "figure",
    "unit": "number",
    "decimals": 0,
    "description_da": "Virksomheder.",
    "description_en": "Companies.",
    "expression": "companies",
    "table": "evaluation.mart_company_mix",
    "added_over": ["category"],
    "not_added": "distinct",
}
CONTENT = {
    "tables": [
        {
            "name": "bi.fact_funding",
            "columns": ["organisation_id", "period_id", "funding_source_id", "amount_kr"],
            "dimensions": [_ORGANISATION, _PERIOD, _SOURCE, *_STAR],
        },
        {
            "name": "bi.fact_accounts_funding",
            "columns": ["period_id", "funding_source_id", "amount_kr"],
            "dimensions": [_PERIOD, _SOURCE, *_STAR],
        },
        {
            "name": "evaluation.mart_company_mix",
            "columns": ["is_withheld", "reporters_in", "reporters_due"],
            "dimensions": [_TOTAL, _PERIOD, _CATEGORY, *_MART],
        },
        {
            "name": "evaluation.mart_coverage_of_industry",
            "columns": ["figure_id"],
            "dimensions": [_TOTAL, _PERIOD, *_MART],
        },
    ],
    "metrics": [
        {
            **_KR,
            "name": "money_consumed",
            "label_da": "Forbrug",
            "label_en": "Money consumed",
            "words": ["tilskud"],
            "other_series": "accounts_financing",
            "report": "funding",
            "printed": _PRINTED,
        },
        {
            **_KR,
            "name": "cluster_grant",
            "label_da": "Klyngebevilling",
            "label_en": "Cluster grant",
            "condition": "\"funding_source_id\" = 'cluster_grant'",
            "printed": _PRINTED,
            "zero_da": "afslag",
            "zero_en": "the application was refused",
        },
        {
            **_KR,
            "name": "private_money",
            "label_da": "Private midler",
            "label_en": "Private money",
            "condition": "\"funding_source_id\" = 'private'",
        },
        {
            **_KR,
            "name": "accounts_financing",
            "label_da": "Finansiering 2014-2018",
            "label_en": "Financing 2014-2018",
            "table": "bi.fact_accounts_funding",
        },
        {
            **_KR,
            "name": "private_cofinancing",
            "kind": "ratio",
            "label_da": "Privat medfinansiering",
            "label_en": "Private co-financing",
            "unit": "percent",
            "table": None,
            "expression": None,
            "operands": ["private_money", "cluster_grant"],
            "factor": 100,
            "not_added": "percent",
        },
        {
            **_COMPANIES,
            "name": "smes_under_250",
            "label_da": "SMV'er under 250 ansatte",
            "label_en": "SMEs under 250 employees",
            "words": ["SMV"],
            "condition": "\"category\" in ('under_50', '50_to_249')",
        },
        {
            **_COMPANIES,
            "name": "coverage",
            "unit": "percent",
            "decimals": 2,
            "label_da": "Dækning",
            "label_en": "Coverage",
            "table": "evaluation.mart_coverage_of_industry",
            "expression": "coverage_percent",
            "added_over": [],
            "not_added": "percent",
        },
    ],
}


def small_catalogue() -> Catalogue:
    return read_catalogue(CONTENT)


def small_release() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(TABLES)
    return connection
