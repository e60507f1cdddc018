"""The files follow their contracts, depend only on the seed, and have only invented persons."""

import csv

import duckdb
import pyarrow.parquet as pq
import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.countries import register_rows
from klynge.reference.seeds import shipped_reference
from sample import sample_version, write_sample_files
from sample.files import DATASETS
from tests.sample.conftest import CONTRACTS, dataset_of

DATASETS_AND_PERIODS = [(d, period) for d, (periods, _) in DATASETS.items() for period in periods]


def faults(contract):
    """Yield (kind of fault, SQL condition that is true for rows with this fault)."""
    for column in contract.columns:
        name = column.name
        if column.required:
            yield f"{name} required", f"{name} is null"
        if column.pattern:
            yield f"{name} pattern", f"not regexp_full_match({name}, '{column.pattern}')"
        if column.max_length:
            yield f"{name} length", f"length({name}) > {column.max_length}"
        if column.minimum is not None:
            yield f"{name} minimum", f"{name} < {column.minimum}"
        if column.maximum is not None:
            yield f"{name} maximum", f"{name} > {column.maximum}"
        known = list(column.allowed)
        if column.register:
            seed, key = column.register
            known = [row[key] for row in register_rows(shipped_reference(), seed)]
        if known:
            yield f"{name} known", f"{name} not in {(*known, '')}"
    for rule in contract.rules:
        yield rule.name, f"not ({rule.predicate.replace('${period}', 'period')})"


def test_every_dataset_is_written(files):
    assert [p.stem for p in files] == [f"{d}_{period}" for d, period in DATASETS_AND_PERIODS]
    assert set(CONTRACTS) == set(DATASETS)


@pytest.mark.parametrize("dataset", DATASETS)
def test_header_is_the_contracts(files, dataset):
    names = [c.name for c in CONTRACTS[dataset].columns]
    for path in files:
        if dataset_of(path) == dataset:
            with path.open(encoding="utf-8") as lines:
                assert next(csv.reader(lines, delimiter=";")) == names


@pytest.mark.parametrize("dataset", DATASETS)
def test_rows_keep_the_contract(sample, dataset):
    contract = CONTRACTS[dataset]
    [counts] = sample.execute(
        f"select count(*), {', '.join(f'count(*) filter ({c})' for _, c in faults(contract))} "
        f"from {dataset}"
    ).fetchall()
    assert counts[0] > 0
    broken = {name: n for (name, _), n in zip(faults(contract), counts[1:], strict=True) if n}
    assert broken == {}
    doubled = sample.execute(
        f"select period, {', '.join(contract.key)} from {dataset} group by all having count(*) > 1"
    ).fetchall()
    assert doubled == []


def test_all_datasets_describe_the_same_participants(sample):
    """An id has the same type, country and description in every file."""
    several = """
        select participant_id from (
            select distinct participant_id, country, participant_type, institution_type,
                size_band, legal_form, industry_code, startup
            from participants
        ) group by participant_id having count(*) > 1
        union all
        select member_id from memberships anti join participants
            on member_id = participant_id
            and memberships.country = participants.country
            and member_type = participant_type
        union all
        select company_id from companies join participants on company_id = participant_id
        where companies.industry_code != participants.industry_code
            or size_band != case
                when employees < 50 then 'under_50' when employees < 250 then '50_to_249'
                else '250_and_over'
            end
        union all
        -- who is of an organisation's area by industry is in the register's extract of it
        select participant_id
        from danish_companies
        join area_industries using (organisation_id, industry_code)
        anti join populations
            on populations.company_id = participant_id
            and populations.organisation_id = danish_companies.organisation_id
        union all
        select company_id from companies group by all having count(*) > 1
    """
    assert sample.execute(several).fetchall() == []


def test_activities_of_participants_exist_and_some_are_paid_for_by_others(sample):
    assert sample.execute(
        "select * from participants "
        "anti join activities using (period, organisation_id, activity_id)"
    ).fetchall() == []  # fmt: skip
    [[other]] = sample.execute(
        "select count(*) from participants join activities using (organisation_id, activity_id) "
        "where not cluster_grant_funded"
    ).fetchall()
    assert other > 100


def holds(number):
    weights = (2, 7, 6, 5, 4, 3, 2, 1)
    return sum(w * int(d) for w, d in zip(weights, number, strict=True)) % 11 == 0


def test_people_are_invented_and_marked(sample):
    numbers = sample.execute(
        "select participant_id from participants where country = 'DK' "
        "union select company_id from companies union select cvr_number from organisations "
        "union select member_id from memberships where country = 'DK'"
    ).fetchall()
    assert len(numbers) > 190_000
    assert all(number.startswith("9") and holds(number) for (number,) in numbers)
    foreign = sample.execute(
        "select participant_id, country from participants where country != 'DK'"
    ).fetchall()
    assert all(identifier.startswith(f"SAMPLE-{country}-") for identifier, country in foreign)


def contents(paths):
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.slow
def test_same_seed_same_files_other_seed_other_files(files, tmp_path):
    assert contents(write_sample_files(tmp_path / "again")) == contents(files)
    other = contents(write_sample_files(tmp_path / "other", seed=1))
    changed = {name for name, content in other.items() if content != contents(files)[name]}
    assert changed >= {f"{d}_2021.csv" for d in ("participants", "companies", "memberships")}


@pytest.mark.slow
def test_replicas_have_identities_of_their_own(sample, tmp_path):
    scale = 3
    larger = {p.name: str(p) for p in write_sample_files(tmp_path, scale=scale)}
    connection = duckdb.connect()
    for dataset, mark in (("participants", "participant_id"), ("companies", "company_id")):
        key = ", ".join(CONTRACTS[dataset].key)
        rows, keys, ids = connection.execute(
            f"select count(*), count(distinct ({key})), count(distinct {mark}) "
            "from read_csv($1, delim = ';', all_varchar = true)",
            [larger[f"{dataset}_2021.csv"]],
        ).fetchall()[0]
        once, ids_once = sample.execute(
            f"select count(*), count(distinct {mark}) from {dataset} where period = 2021"
        ).fetchall()[0]
        assert (rows, keys, ids) == (scale * once, scale * once, scale * ids_once)
    # in all replicas but the first, companies that never take part have wrong check digits
    failing = connection.execute(
        "select company_id from read_csv($1, delim = ';', all_varchar = true) "
        "where company_id not in (select participant_id from "
        "read_csv($2, delim = ';', all_varchar = true))",
        [larger["companies_2021.csv"], larger["participants_2021.csv"]],
    ).fetchall()
    assert all(len(number) == 8 and number[0] in "90" for (number,) in failing)
    assert sum(not holds(number) for (number,) in failing) > 300_000


@pytest.mark.slow
def test_parquet_holds_the_same_values_typed(files, tmp_path):
    written = {p.stem: p for p in write_sample_files(tmp_path, file_format="parquet")}
    table = pq.read_table(written["companies_2021"])
    assert [str(t) for t in table.schema.types[3:6]] == ["int64", "bool", "decimal128(18, 2)"]
    [csv_file] = [p for p in files if p.stem == "companies_2021"]
    [[differing]] = (
        duckdb.connect()
        .execute(
            "select count(*) from read_parquet($1) p anti join "
            "read_csv($2, delim = ';', all_varchar = true) c on c.company_id = p.company_id and "
            "cast(replace(c.turnover_kr, ',', '.') as decimal(18, 2)) = p.turnover_kr",
            [str(written["companies_2021"]), str(csv_file)],
        )
        .fetchall()
    )
    assert differing == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scale": 0}, "1 to 100"),
        ({"scale": 101}, "1 to 100"),
        ({"file_format": "xlsx"}, "csv or parquet"),
    ],
)
def test_an_impossible_scale_or_format_is_refused(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        write_sample_files(tmp_path, **options)


def test_the_version_depends_on_everything_that_determines_the_files(monkeypatch):
    asked = []
    monkeypatch.setattr(checkout, "hash_files", lambda files: asked.extend(files) or "a hash")
    assert sample_version() == "a hash"
    names = {path.name for path in asked}
    modules = {path.name for path in (checkout.ROOT / "sample").iterdir() if path.is_file()}
    assert names >= modules | {"cells.csv", "area_designations.csv", "participants.odcs.yaml"}
    assert {p.parent.name for p in asked if p.name == "cells.csv"} == {
        "dfir_2024",
        "am_hub_made_2025",
    }
