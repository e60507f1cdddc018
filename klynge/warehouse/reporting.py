"""The raw tables about reporting: the expected submissions, and the subjects of each load.

Models do not know today's date. So this module decides which submissions are due.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from klynge.intake.calendar import read_reporting
from klynge.intake.contracts import Contract
from klynge.intake.submissions import (
    SAMPLE,
    ExpectedSubmission,
    expected_submissions,
)
from klynge.reference.seeds import Reference

#: The key of the whole country, used in place of an organisation; see
#: seeds/reference/country_keys.csv.
COUNTRY = "denmark"

_EXPECTED = """
create table raw.expected_submissions (
    basis varchar, dataset varchar, period varchar, reporter varchar, organisation_id varchar,
    due_on date, is_due boolean
)
"""

_SUBJECTS = """
create table raw.load_subjects (
    load_id varchar, basis varchar, dataset varchar, period varchar, reporter varchar,
    organisation_id varchar, row_count bigint
)
"""

_AREAS = """
create table raw.load_areas (
    load_id varchar, basis varchar, period varchar, area_id varchar, row_count bigint
)
"""

#: The sample has its own list of organisations. It is expected to report each dataset for each of
#: these organisations.
_EXPECTED_OF_SAMPLE = """
insert into raw.expected_submissions
select distinct basis, unnest($datasets), period, reporter, organisation_id, null, false
from raw.organisations
where basis = $sample
order by all
"""

#: A load reports on the organisations in its rows, even if an agency sent the load.
_SUBJECTS_OF_ROWS = """
insert into raw.load_subjects
select load_id, basis, $dataset, period, reporter, {organisation}, count(*)
from raw.{dataset}
group by all
order by all
"""

_AREAS_OF_ROWS = """
insert into raw.load_areas
select load_id, basis, period, area_id, count(*)
from raw.{dataset}
group by all
order by all
"""

#: A load reports on each organisation that is expected in it, even if it has no rows about the
#: organisation.
_SUBJECTS_WITHOUT_ROWS = """
insert into raw.load_subjects
select distinct
    loads.load_id, loads.basis, loads.dataset, loads.period, loads.reporter,
    expected.organisation_id, 0
from raw.loads
inner join raw.expected_submissions as expected using (basis, dataset, period, reporter)
anti join raw.load_subjects as subjects
    on
        loads.load_id = subjects.load_id
        and expected.organisation_id = subjects.organisation_id
order by all
"""


def expected_on(
    day: date, contracts: Mapping[str, Contract], reference: Reference
) -> list[ExpectedSubmission]:
    """Return the submissions that the calendar expects, and mark those that are due on ``day``."""
    return expected_submissions(contracts, read_reporting(reference), day)


def write_reporting_tables(
    connection: duckdb.DuckDBPyConnection,
    expected: Sequence[ExpectedSubmission],
    contracts: Mapping[str, Contract],
) -> None:
    """Write three tables of the schema ``raw``, after the tables of loads and submitted rows.

    - ``raw.expected_submissions`` has one row for each organisation of each expected submission;
    - ``raw.load_subjects`` has one row for each pair of a load that counts and an organisation on
      which the load reports; ``row_count`` is the number of rows about the organisation;
    - ``raw.load_areas`` has one row for each area on which a load of the business register reports.

    If an agency submits data about the whole country, the organisation is ``denmark``.
    """
    connection.execute(_EXPECTED)
    connection.execute(_SUBJECTS)
    connection.execute(_AREAS)
    if expected:
        connection.executemany(
            "insert into raw.expected_submissions values ('reported', ?, ?, ?, ?, ?, ?)",
            [
                [
                    submission.dataset,
                    submission.period,
                    submission.reporter,
                    submission.organisation_id or COUNTRY,
                    submission.due_on,
                    submission.is_due,
                ]
                for submission in expected
            ],
        )
    by_organisation = [name for name, x in contracts.items() if is_about_organisation(x)]
    if "organisations" in contracts:
        connection.execute(
            _EXPECTED_OF_SAMPLE, {"datasets": sorted(by_organisation), "sample": SAMPLE}
        )
    for dataset, contract in contracts.items():
        organisation = "organisation_id" if dataset in by_organisation else f"'{COUNTRY}'"
        connection.execute(
            _SUBJECTS_OF_ROWS.format(organisation=organisation, dataset=dataset),
            {"dataset": dataset},
        )
        if contract.subject == "area_id":
            connection.execute(_AREAS_OF_ROWS.format(dataset=dataset))
    connection.execute(_SUBJECTS_WITHOUT_ROWS)


def is_about_organisation(contract: Contract) -> bool:
    """Whether each cluster organisation reports this dataset about itself."""
    return "cluster_organisation" in contract.reporters
