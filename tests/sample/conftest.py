"""Write the sample at scale 1 once, and read it back like a reporter's files."""

import duckdb
import pytest

from klynge import checkout
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import SAMPLE, submission_named
from sample import write_sample_files

CONTRACTS = read_contracts(checkout.CONTRACTS)


def as_typed(column):
    """Return SQL that casts a text column in the contract's dialect to its type."""
    if column.logical_type == "boolean":
        return f"{column.name} = 'ja' as {column.name}"
    if column.logical_type == "number":
        return f"cast(replace({column.name}, ',', '.') as {column.sql_type}) as {column.name}"
    return f"cast({column.name} as {column.sql_type}) as {column.name}"


@pytest.fixture(scope="package")
def files(tmp_path_factory):
    return write_sample_files(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="package")
def sample(files):
    """Read the files of seed 0 back."""
    return read_back(files)


def dataset_of(path):
    """Return the dataset in the name of a file."""
    return submission_named(path.stem, SAMPLE, CONTRACTS).dataset


def read_back(files):
    """Read the files into DuckDB.

    Each dataset has a table with the types of its contract and the year of each row.
    """
    connection = duckdb.connect()
    for dataset in {dataset_of(path) for path in files}:
        of_dataset = [str(p) for p in files if dataset_of(p) == dataset]
        typed = ", ".join(as_typed(c) for c in CONTRACTS[dataset].columns)
        connection.execute(
            f"create table {dataset} as select "
            f"try_cast(regexp_extract(filename, '{dataset}_([0-9]+)[.]csv', 1) as integer) "
            f"as period, {typed} "
            "from read_csv($1, delim = ';', header = true, all_varchar = true, filename = true)",
            [of_dataset],
        )
    connection.execute(_VIEWS)
    return connection


_VIEWS = """
    create view areas as
    select distinct organisation_id, area_id from organisations;

    create view funded as
    select p.*, a.activity_type
    from participants p
    join activities a using (organisation_id, activity_id)
    where a.cluster_grant_funded;

    create view danish_companies as
    select distinct
        organisation_id, participant_id, industry_code, size_band, legal_form, startup
    from funded
    where participant_type = 'company' and country = 'DK';

    create view area_industries as
    select distinct areas.organisation_id, companies.industry_code, companies.industry_role
    from companies join areas using (area_id);

    create view populations as
    select
        areas.organisation_id,
        companies.*,
        exists (
            select 1 from funded
            where
                funded.organisation_id = areas.organisation_id
                and funded.participant_id = companies.company_id
                and funded.country = 'DK'
                and funded.period = 2021
        ) as participating,
    from companies join areas using (area_id);
"""
