"""Test the slot of a file, its permitted reporters, and which loads of a slot count."""

from dataclasses import replace
from datetime import date

import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.calendar import Period, read_reporting
from klynge.intake.contracts import read_contracts
from klynge.intake.submissions import (
    ExpectedSubmission,
    Submission,
    missing_submissions,
    require_allowed,
    require_free,
    require_open,
    submission_named,
    which_loads_count,
)
from klynge.raw_zone import Load
from klynge.reference.seeds import shipped_reference

CONTRACTS = read_contracts(checkout.CONTRACTS)
REPORTING = read_reporting(shipped_reference())
GOOD = Submission("made", "participants", "2021")


def load(name: str, number: int, *, partial: bool = False, accepted: bool = True, **more) -> Load:
    return Load(
        load_id=name,
        dataset="participants",
        reporter="made",
        period="2021",
        correction_no=number,
        basis="reported",
        contract_version="1.0.0",
        files={},
        rows_read=1,
        rows_loaded=1,
        rows_rejected=0,
        rows_held=0,
        received_at="2026-01-01T00:00:00+00:00",
        accepted_by="door" if accepted else None,
        accepted_because=None,
        partial=partial,
        about=more,
    )


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("participants_2021", GOOD),
        ("participants_2021_c1", replace(GOOD, correction_no=1)),
        ("participants_2021_c12_partial", replace(GOOD, correction_no=12, partial=True)),
        ("participants_2021_v1.0.0_c1", replace(GOOD, correction_no=1, contract_version="1.0.0")),
        ("Deltagere 2021", GOOD),
        ("PARTICIPANTS-2021_c1", replace(GOOD, correction_no=1)),
        ("full_time_equivalents_2024", Submission("made", "full_time_equivalents", "2024")),
        (
            "criterion_scores_innovationskraft_2021_2024_c1",
            Submission("made", "criterion_scores", "innovationskraft_2021_2024", 1),
        ),
    ],
)
def test_a_file_is_named_by_what_it_is_about(stem, expected):
    assert submission_named(stem, "made", CONTRACTS) == expected


@pytest.mark.parametrize("stem", ["", "besøg_2021", "../participants_2021"])
def test_a_name_that_says_too_little_is_refused_with_the_right_one(stem):
    with pytest.raises(InputError, match=r"name it <dataset>_<period>\.csv"):
        submission_named(stem, "made", CONTRACTS)


@pytest.mark.parametrize(
    ("stem", "right"),
    [("memberships_24", "memberships_2024"), ("Medlemmer", "memberships_2026")],
)
def test_a_name_without_a_year_of_four_digits_is_refused(stem, right):
    with pytest.raises(InputError, match=f"name the file {right}"):
        submission_named(stem, "made", CONTRACTS)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"dataset": "participant"}, "no dataset 'participant': did you mean participants"),
        ({"reporter": "mode"}, "no reporter 'mode': did you mean made"),
        ({"reporter": "nobody at all"}, "no reporter 'nobody at all': there are"),
        ({"period": "2019"}, "no year of participants '2019'"),
        ({"period": "klyngeprogram_2025_2028"}, "no year of participants"),
        ({"dataset": "companies"}, r"made \(cluster_organisation\) may not send companies"),
        ({"partial": True}, "only a correction can be partial"),
        ({"correction_no": -1}, "a correction has a number from 1 on"),
        ({"contract_version": "1.0.1"}, "version 1.0.1 of participants, here version 1.0.0"),
        ({"contract_version": "10"}, "version 10 of participants, here version 1.0.0"),
    ],
)
def test_a_submission_that_cannot_be_is_refused_with_its_reason(change, says):
    require_allowed(GOOD, CONTRACTS, REPORTING)
    with pytest.raises(InputError, match=says):
        require_allowed(replace(GOOD, **change), CONTRACTS, REPORTING)


def test_the_sample_may_send_anything_and_the_agency_what_is_its_own():
    for dataset in CONTRACTS:
        period = "2021" if CONTRACTS[dataset].period_kind == "year" else "klyngeprogram_2025_2028"
        require_allowed(Submission("sample", dataset, period), CONTRACTS, REPORTING)
        require_allowed(Submission("ufs", dataset, period), CONTRACTS, REPORTING)


def test_a_period_is_open_to_the_end_of_its_last_day():
    period = Period("2024", "year", 2024, 2024, closes_on=date(2025, 6, 1))
    require_open(period, date(2025, 6, 1))
    with pytest.raises(InputError, match="2024 was closed on 2025-06-01"):
        require_open(period, date(2025, 6, 2))
    require_open(Period("2025", "year", 2025, 2025), date(2099, 1, 1))


def test_another_file_with_a_number_that_is_taken_is_told_the_next_one():
    ledger = [load("a", 0), load("b", 3, accepted=False)]
    require_free(replace(GOOD, correction_no=1), ledger)
    require_free(replace(GOOD, period="2022"), ledger)
    with pytest.raises(InputError, match="the next number, 4"):
        require_free(GOOD, ledger)
    with pytest.raises(InputError, match=r"has sent correction 3 .* already"):
        require_free(replace(GOOD, correction_no=3), ledger)


@pytest.mark.parametrize(
    ("ledger", "counting"),
    [
        ([load("a", 0)], "a"),
        ([load("b", 1), load("a", 0)], "b"),
        ([load("b", 1, accepted=False), load("a", 0)], "a"),
        ([load("c", 2, partial=True), load("a", 0), load("b", 1, partial=True)], "abc"),
        ([load("a", 0), load("b", 1, partial=True), load("c", 2)], "c"),
        ([load("a", 0), load("b", 1, partial=True, accepted=False)], "a"),
        ([load("b", 1, partial=True)], ""),
        ([load("a", 0, accepted=False), load("b", 1, partial=True)], ""),
        ([load("a", 0), load("b", 1, erasure={})], "b"),
        ([], ""),
    ],
)
def test_the_highest_accepted_number_counts_whatever_came_first(ledger, counting):
    assert [x.load_id for x in which_loads_count(ledger)] == list(counting)


def test_of_the_sample_the_last_counts():
    older, newer = (replace(load(name, 0), basis="sample") for name in "ab")
    assert which_loads_count([older, newer]) == [newer]


@pytest.mark.parametrize(
    ("sent", "is_missing"),
    [
        (load("loaded", 0), False),
        (load("held", 0, accepted=False), False),
        (load("erased", 0, erasure={"role": "secretariat"}), False),
        (load("rejected", 0, accepted=False, decision={"accepted": False}), True),
        (load("withdrawn", 0, withdrawal={"role": "secretariat"}), True),
        (load("partial", 1, partial=True), True),
        (load("held partial", 1, partial=True, accepted=False), True),
    ],
    ids=lambda value: getattr(value, "state", None),
)
def test_a_submission_is_missing_unless_a_whole_file_was_sent(sent, is_missing):
    one = ExpectedSubmission("participants", "2021", "made", "made", date(2022, 3, 1), True)
    other = replace(one, period="2022")
    later = replace(one, period="2023", is_due=False)
    missing = missing_submissions([one, other, later], [sent])
    assert missing == ([one, other] if is_missing else [other])
