"""Check whole files at the door: each check finds its planted fault and passes a valid file."""

import json
from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pytest

from expectations.declaration import check_id
from expectations.door import door_judge
from expectations.door_suites import door_suites
from klynge import checkout, raw_zone
from klynge.home import read_json, write_json
from klynge.intake.checking import EXPLAINED_SCHEMA, CheckedFile
from klynge.intake.contracts import read_contracts
from klynge.intake.retention import erase
from klynge.intake.submissions import Submission
from klynge.messages import Language, restored, stored
from klynge.raw_zone import Load, decide, find_load

CONTRACTS = read_contracts(checkout.CONTRACTS)
ROWS = 100


def participants(rows=ROWS, **changed):
    columns = {
        "organisation_id": ["made"] * rows,
        "activity_id": [f"a{n % 10}" for n in range(rows)],
        "participant_type": ["company"] * rows,
        "institution_type": ["university"] * rows,
        "size_band": ["under_50", "unknown"] * (rows // 2),
        "legal_form": ["other"] * rows,
        "industry_code_version": ["DB07"] * rows,
        **changed,
    }
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def funding(kr="10.00", rows=ROWS):
    return pa.table(
        {
            **{
                c.name: [next(iter(c.allowed))] * rows
                for c in CONTRACTS["funding"].columns
                if c.allowed
            },
            "organisation_id": ["made"] * rows,
            "amount_kr": pa.array([Decimal(kr)] * rows, pa.decimal128(18, 2)),
        }
    )


def checked(rows, rejected=0):
    """Make a file whose first row is in line 2; the rejected rows come last."""
    lines = pa.array(range(2, rows.num_rows + 2), pa.int64())
    return CheckedFile(
        rows.append_column("line", lines),
        EXPLAINED_SCHEMA.empty_table(),
        rows.num_rows + rejected,
        rejected,
        {},
        {
            "rows": rejected,
            "lines": list(range(rows.num_rows + 2, rows.num_rows + 2 + rejected)),
            "amounts": {},
        },
    )


@pytest.fixture
def earlier(home):
    """Return the reporter's loads for 2021 and its activities for 2022.

    The last load is from another reporter.
    """
    home.prepare()
    return [
        land(home, "participants", "2021", participants()),
        land(home, "funding", "2021", funding()),
        land(home, "activities", "2022", pa.table({"activity_id": [f"a{n}" for n in range(10)]})),
        land(home, "participants", "2022", participants(20, organisation_id=["clean"] * 20), "ufs"),
    ]


def land(home, dataset, period, rows, reporter="made"):
    load = Load(
        load_id=f"{reporter}{period}{dataset:0<16}"[:16],
        dataset=dataset,
        reporter=reporter,
        period=period,
        correction_no=0,
        basis="reported",
        contract_version="1.0.0",
        files={},
        rows_read=rows.num_rows,
        rows_loaded=rows.num_rows,
        rows_rejected=0,
        rows_held=0,
        received_at=raw_zone.now(),
        accepted_by="door",
        accepted_because="sound",
    )
    raw_zone.write_load(home, load, rows, EXPLAINED_SCHEMA.empty_table())
    return load


def objections(home, earlier, file, dataset="participants", *, partial=False):
    submission = Submission("made", dataset, "2022", int(partial), partial)
    return [o.split(":")[0] for o in door_judge(home)(file, submission, earlier)]


PLANTED = {
    "file_has_sound_rows": (
        checked(participants(0)),
        ["file_has_sound_rows", "volume_near_earlier"],
    ),
    "most_rows_are_sound": (checked(participants(), rejected=12), ["most_rows_are_sound"]),
    "volume_near_earlier": (checked(participants(402)), ["volume_near_earlier"]),
    "organisation_id_reported_once": (
        checked(participants(organisation_id=["made"] * 99 + ["clean"])),
        ["organisation_id_reported_once"],
    ),
    "activities_known": (
        checked(participants(activity_id=["a1"] * 97 + ["b1"] * 3)),
        ["activities_known"],
    ),
    "mix_of_participant_type_near_earlier": (
        checked(participants(participant_type=["company"] * 59 + ["other"] * 41)),
        ["mix_of_participant_type_near_earlier"],
    ),
    "mix_of_institution_type_near_earlier": (
        checked(participants(institution_type=["gts"] * 41 + ["university"] * 59)),
        ["mix_of_institution_type_near_earlier"],
    ),
    "mix_of_size_band_near_earlier": (
        checked(participants(size_band=["unknown"] * 91 + ["under_50"] * 9)),
        ["mix_of_size_band_near_earlier"],
    ),
    "mix_of_legal_form_near_earlier": (
        checked(participants(legal_form=["other"] * 59 + ["foreign_branch"] * 41)),
        ["mix_of_legal_form_near_earlier"],
    ),
    "mix_of_industry_code_version_near_earlier": (
        checked(participants(industry_code_version=["DB07"] * 59 + ["DB25"] * 41)),
        ["mix_of_industry_code_version_near_earlier"],
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_each_check_finds_its_fault(home, earlier, fault):
    file, expected = PLANTED[fault]
    assert objections(home, earlier, file) == expected


def test_every_check_of_participants_has_its_fault():
    suites = door_suites(CONTRACTS["participants"], partial=False)
    declared = {check_id(e) for suite in suites for e in suite.expectations}
    assert declared == set(PLANTED) | set(PLANTED_IN_CORRECTIONS)


#: Name -> (a correction of the file of 2021, the door's objections to the correction).
PLANTED_IN_CORRECTIONS = {
    "volume_near_replaced": (checked(participants(202)), ["volume_near_replaced"]),
    "mix_of_participant_type_near_replaced": (
        checked(participants(participant_type=["company"] * 74 + ["other"] * 26)),
        ["mix_of_participant_type_near_replaced"],
    ),
    "mix_of_institution_type_near_replaced": (
        checked(participants(institution_type=["gts"] * 26 + ["university"] * 74)),
        ["mix_of_institution_type_near_replaced"],
    ),
    "mix_of_size_band_near_replaced": (
        checked(participants(size_band=["unknown"] * 76 + ["under_50"] * 24)),
        ["mix_of_size_band_near_replaced"],
    ),
    "mix_of_legal_form_near_replaced": (
        checked(participants(legal_form=["other"] * 74 + ["foreign_branch"] * 26)),
        ["mix_of_legal_form_near_replaced"],
    ),
    "mix_of_industry_code_version_near_replaced": (
        checked(participants(industry_code_version=["DB07"] * 74 + ["DB25"] * 26)),
        ["mix_of_industry_code_version_near_replaced"],
    ),
}


def objections_to_a_correction(home, earlier, file, dataset="participants"):
    submission = Submission("made", dataset, "2021", 1)
    return [o.split(":")[0] for o in door_judge(home)(file, submission, earlier)]


@pytest.mark.parametrize("fault", PLANTED_IN_CORRECTIONS)
def test_a_correction_is_compared_with_what_it_corrects(home, earlier, fault):
    file, expected = PLANTED_IN_CORRECTIONS[fault]
    assert objections_to_a_correction(home, earlier, file) == expected


def test_an_ordinary_correction_passes(home, earlier):
    assert objections_to_a_correction(home, earlier, checked(participants(190))) == []
    assert objections_to_a_correction(home, [], checked(participants(402))) == []


def test_a_correction_that_brings_refused_rows_passes(home, earlier):
    """The first file had 40 valid rows of 100. In its correction, all 100 rows are valid."""
    refused = {"rows": 60, "lines": [], "amounts": {"amount_kr": "600.00"}}
    first = replace(
        land(home, "funding", "2021", funding(rows=40), "clean"),
        reporter="made",
        rows_read=100,
        rows_rejected=60,
        about={"refused": refused},
    )
    [_, rows] = [raw_zone.rows_of(home, load) for load in (earlier[1], first)]
    rows.rename(raw_zone.rows_of(home, earlier[1]))
    loads = [earlier[0], replace(first, load_id=earlier[1].load_id)]
    assert objections_to_a_correction(home, loads, checked(funding()), "funding") == []


def test_a_correction_with_other_amounts_is_held_with_both_sums(home, earlier):
    submission = Submission("made", "funding", "2021", 1)
    [said] = door_judge(home)(checked(funding("100.00")), submission, earlier)
    assert said.startswith("amount_kr_near_replaced: In a correction, the sum of amount_kr")
    assert "here 10,000" in said
    assert "in the load that it replaces 1,000" in said
    assert "Beløb (amount_kr)" in said.text(Language.da)
    assert "her 10.000" in said.text(Language.da)
    assert "lines with the largest amounts 2 (100.00), 3 (100.00), 4 (100.00)" in said


def test_a_decision_above_the_amount_applied_for_is_held(home):
    home.prepare()
    call = "klyngeprogram_2025_2028"
    kr = pa.decimal128(18, 2)
    applied = {"organisation_id": ["made"], "grant_type": ["cluster"]}
    amounts = pa.array([Decimal(100)], kr)
    applications = pa.table({**applied, "applied_amount_kr": amounts})
    loads = [land(home, "applications", call, applications, "erst")]
    decisions = pa.table(
        {
            **applied,
            "outcome": ["recommended"],
            "recommended_amount_kr": pa.array([Decimal("100.01")], kr),
        }
    )
    submission = Submission("erst", "decisions", call)
    [said] = door_judge(home)(checked(decisions), submission, loads)
    assert said.startswith("recommended_within_applied: No recommended amount exceeds")
    assert "recommended amount 100.01, amount applied for 100, lines 2" in said
    equal = decisions.set_column(3, "recommended_amount_kr", amounts)
    assert door_judge(home)(checked(equal), submission, loads) == []


def test_a_change_of_classification_is_accepted_once_for_all_reporters(home, earlier):
    db25 = participants(industry_code_version=["DB25"] * ROWS)
    submission = Submission("made", "participants", "2022")
    objected = door_judge(home)(checked(db25), submission, earlier)
    [said] = [o for o in objected if o.startswith("mix_of_industry_code_version_near_earlier")]
    held = land(home, "participants", "2022", db25)
    place = raw_zone.folder(home, held.dataset, held.load_id) / "load.json"
    entry = read_json(place) | {"accepted_by": None, "rows_held": ROWS, "rows_loaded": 0}
    write_json(place, entry | {"about": {"objections": [stored(said)]}})
    decide(home, find_load(home, held.load_id), accepted=True, role="erst", reason="DB25 came")

    other = Submission("clean", "participants", "2022")
    of_other = [replace(load, reporter="clean") for load in earlier if load.reporter == "made"]
    file = checked(db25)
    assert door_judge(home)(file, other, of_other) == []
    [note] = file.notes
    assert f"DB25 became more frequent, as in load {held.load_id}, which erst accepted" in note
    back = checked(participants(industry_code_version=["DB07"] * ROWS))
    of_db25 = [replace(land(home, "participants", "2020", db25), reporter="clean")]
    assert [o.split(":")[0] for o in door_judge(home)(back, other, of_db25)] == [
        "mix_of_industry_code_version_near_earlier"
    ]


def test_a_sound_file_passes(home, earlier):
    assert objections(home, earlier, checked(participants())) == []
    assert objections(home, [], checked(participants(402))) == []


@pytest.mark.parametrize(("rows", "held"), [(150, False), (1900, False), (2100, True)])
def test_the_volume_is_set_beside_the_mean_of_the_other_periods(home, earlier, rows, held):
    """Four times the mean of 100 and 900 rows is 2,000. Four times the largest would be 3,600."""
    larger = land(home, "participants", "2020", participants(900))
    found = objections(home, [*earlier, larger], checked(participants(rows)))
    assert found == (["volume_near_earlier"] if held else [])


def test_two_unknown_activities_in_a_hundred_are_not_too_many(home, earlier):
    file = checked(participants(activity_id=["a1"] * 98 + ["b1"] * 2))
    assert objections(home, earlier, file) == []


def test_an_amount_ten_times_too_large_is_found(home, earlier):
    thousandfold = checked(funding("10000.00"))
    assert objections(home, earlier, thousandfold, "funding") == ["amount_kr_near_earlier"]
    assert objections(home, earlier, checked(funding("-10000.00")), "funding") == [
        "amount_kr_near_earlier"
    ]
    assert objections(home, earlier, checked(funding("99.99")), "funding") == []


def test_a_partial_correction_may_be_small_and_lopsided(home, earlier):
    few = checked(participants(2, participant_type=["other"] * 2))
    assert objections(home, earlier, few, partial=True) == []


def test_an_objection_says_what_was_found(home, earlier):
    [said] = door_judge(home)(
        checked(participants(402)), Submission("made", "participants", "2022"), earlier
    )
    assert "here 402" in said
    assert "earlier 100" in said
    kept = restored(json.loads(json.dumps(stored(said)))).text(Language.da)
    assert "Antallet af rækker er højst 4 gange" in kept
    assert "Fundet: her 402, tidligere 100" in kept


def test_an_objection_to_rows_names_their_lines(home, earlier):
    submission = Submission("made", "participants", "2022")
    strange = checked(participants(activity_id=["a1"] * 90 + ["b1"] * 10), rejected=12)
    rejected, unknown = door_judge(home)(strange, submission, earlier)
    assert "lines 102, 103, 104, 105, 106, 107, 108, 109, 110, 111 and 2 more" in rejected
    assert "lines 92, 93, 94, 95, 96, 97, 98, 99, 100, 101" in unknown
    assert "unknown activities 1, activity ids b1" in unknown
    ids = [f"b{number:02}" for number in range(12)]
    strange = checked(participants(activity_id=["a1"] * 88 + ids))
    [unknown] = door_judge(home)(strange, submission, earlier)
    assert "unknown activities 12, activity ids b00, b01, b02, b03, b04, b05, b06, b07" in unknown
    assert "b09 …, lines 90" in unknown
    [rival] = door_judge(home)(
        checked(participants(organisation_id=["made"] * 99 + ["clean"])), submission, earlier
    )
    assert "organisation_id clean, lines 101" in rival
    shifted = checked(participants(participant_type=["company"] * 59 + ["other"] * 41))
    [mix] = door_judge(home)(shifted, submission, earlier)
    assert "participant_type other, here 41, earlier 0, lines 61, 62" in mix


def test_an_erased_load_has_nothing_to_set_a_file_beside(home, earlier):
    erased = [erase(home, load, role="secretariat", reason="asked for") for load in earlier]
    assert objections(home, erased, checked(participants(402, activity_id=["b"] * 402))) == []


@pytest.mark.parametrize("dataset", CONTRACTS)
def test_the_checks_of_every_dataset_can_be_made(home, dataset):
    types = {"varchar": pa.string(), "bigint": pa.int64(), "boolean": pa.bool_()}
    rows = pa.table(
        {
            c.name: pa.array([], types.get(c.sql_type, pa.decimal128(18, 2)))
            for c in CONTRACTS[dataset].columns
        }
    )
    objected = objections(home, [], checked(rows, rejected=0), dataset)
    assert objected == ["file_has_sound_rows"]
