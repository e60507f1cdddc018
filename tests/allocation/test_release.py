"""A what-if with the sample's applications gives the same awards as the current release."""

import pytest
import xlsxwriter

from klynge.releases.reading import open_release
from tests.allocation.files import CODES, HEADER, tried

_AWARDS = """
    select scenario_id, rule, scope, organisation_id, area_id, grant_type_id, applied_amount_kr,
        score, minimum_met, selected, reason, share, recommended_amount_kr, lambda_rounded
    from intermediate.int_allocation_steps
    where basis = 'sample'
    order by scenario_id, organisation_id, grant_type_id
"""
_MEANS = """
    select organisation_id, grant_type_id, criterion_id, code,
        cast(score as decimal(4, 2)) as score
    from intermediate.int_criterion_means
    where basis = 'sample'
"""


@pytest.fixture(scope="module")
def sample(sampled):
    return open_release(home=sampled)


@pytest.fixture(scope="module")
def allocated(sample):
    """Return scenario -> rows of the release."""
    scenarios = {}
    for row in sample.arrow(_AWARDS, restricted=True).to_pylist():
        scenarios.setdefault(row["scenario_id"], []).append(row)
    return scenarios


@pytest.fixture(scope="module")
def means(sample):
    """Return (organisation, grant) -> id or code of the criterion -> score."""
    found = {}
    for row in sample.arrow(_MEANS, restricted=True).to_pylist():
        own = found.setdefault((row["organisation_id"], row["grant_type_id"]), {})
        own[row["criterion_id"]] = own[row["code"]] = row["score"]
    return found


def written(path, rows, columns, scores):
    """Write the applications in ``rows`` to a file.

    ``scores`` gives the values of a row in ``columns``.
    """
    table = [
        [
            row["organisation_id"],
            row["area_id"],
            row["grant_type_id"],
            row["applied_amount_kr"],
            *scores(row),
        ]
        for row in rows
    ]
    header = HEADER.replace("score", ";".join(columns)).split(";")
    if path.suffix == ".xlsx":
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet()
            for number, cells in enumerate([header, *table]):
                sheet.write_row(number, 0, cells)
    else:
        lines = [";".join("" if c is None else str(c) for c in cells) for cells in table]
        text = "\n".join([";".join(header), *(line.replace(".", ",") for line in lines), ""])
        path.write_text(text, encoding="utf-8")
    return path


def told(outcome):
    return {
        (row["organisation_id"], row["grant_type"]): [
            row["score"],
            row["minimum_met"],
            row["selected"],
            row["reason"],
            row["share"],
            row["recommended_amount_kr"],
            row["lambda"],
        ]
        for row in outcome.by_application.to_pylist()
    }


def of_release(rows):
    columns = (
        "score", "minimum_met", "selected", "reason", "share", "recommended_amount_kr",
        "lambda_rounded",
    )  # fmt: skip
    return {
        (row["organisation_id"], row["grant_type_id"]): [row[column] for column in columns]
        for row in rows
    }


def test_every_way_of_sharing(sample, allocated, means, tmp_path):
    assert len(allocated) == 8
    codes = CODES.split(";")
    for scenario, rows in allocated.items():
        assert len(rows) == 28
        path = written(
            tmp_path / f"{scenario}.csv",
            rows,
            codes,
            lambda row: map(means[row["organisation_id"], row["grant_type_id"]].get, codes),
        )
        outcome = tried(sample, path, rule=rows[0]["rule"], scope=rows[0]["scope"])
        assert told(outcome) == of_release(rows), scenario


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_calls_own_rule_by_ids_of_criteria(sample, allocated, means, tmp_path, suffix):
    rows = allocated["proportional_by_grant_type"]
    ids = sorted({name for own in means.values() for name in own if "2025" in name})
    path = written(
        tmp_path / f"ids.{suffix}",
        rows,
        ids,
        lambda row: map(means[row["organisation_id"], row["grant_type_id"]].get, ids),
    )
    assert told(tried(sample, path)) == of_release(rows)


def test_scores_as_stated(sample, allocated, tmp_path):
    rows = allocated["proportional_by_call"]
    path = written(tmp_path / "stated.xlsx", rows, ["score"], lambda row: [row["score"]])
    outcome = told(tried(sample, path, rule="proportional", scope="call"))
    # stated scores do not show if each criterion meets its minimum: ignore the first four values
    assert {key: row[4:] for key, row in outcome.items()} == {
        key: row[4:] for key, row in of_release(rows).items()
    }
