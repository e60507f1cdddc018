"""The message about a refused overlay names the file, the row, the fault and the remedy."""

import pytest

from klynge.errors import InputError
from klynge.overlay.proposals import propose
from tests.reference.overlays import SHIPPED, new_call, period, put, reporter, row

CALL = "klyngeprogram_2025_2028"


def shipped(seed, **key):
    """Return the first shipped row that has these values."""
    return next(r for r in SHIPPED.rows(seed) if key.items() <= r.items())


def refused(home, *files) -> str:
    with pytest.raises(InputError) as error:
        propose(home, files)
    return str(error.value)


@pytest.mark.parametrize(
    ("seed", "changed", "says"),
    [
        ("calls", {"total_amount_kr": "1"}, "programme_cover_2025 prints this row at line 35"),
        ("calls", {"period_id": "2025-2029"}, "period_id is '2025-2028': an overlay must not"),
        ("call_grant_types", {"pot_kr": "5"}, "must not change a printed row; delete the row"),
        ("criterion_weights", {"weight_numerator": "9"}, "prints this row at line"),
        ("requirements", {"value": "6"}, "value is "),
        ("area_designations", {"outcome": "recommended"}, "prints this row at line"),
        (
            "areas",
            {"label_en": "X"},
            "can only add rows to areas; delete the row, or give it a new id",
        ),
        ("organisations", {"name": "X"}, "the program ships"),
        ("funders", {"kind": "X"}, "the program ships"),
        ("grant_types", {"programme_period": "2030-2031"}, "the program ships"),
        ("criteria", {"label_da": "X"}, "the program ships"),
    ],
)
def test_what_is_printed_or_shipped_cannot_be_changed(home, seed, changed, says):
    first = SHIPPED.rows(seed)[-1] if seed == "calls" else SHIPPED.rows(seed)[1]
    put(home, seed, SHIPPED.rows(seed)[0], {**first, **changed})
    told = refused(home)
    assert f"{home.reference / seed}.csv: 1 problem\n  row 3: " in told
    assert says in told


@pytest.mark.parametrize(
    ("seed", "values", "says"),
    [
        ("evaluation_periods", {"period_id": "2021-2023", "year": "2024"}, "ships 2021-2023"),
        ("call_grant_types", {"call_id": CALL, "grant_type_id": "innovationskraft"},
         f"describe the call {CALL}: an overlay cannot add to its call_grant_types"),
        ("criteria", {"criterion_id": "a9", "call_id": CALL, "grant_type_id": "cluster"},
         "give it a call of the overlay"),
        ("area_designations", {"area_id": "tourism", "call_id": CALL}, "describe the call"),
        ("allocation_scenarios", {"scenario_id": "x", "call_id": CALL}, "describe the call"),
        ("organisation_aliases", {"organisation_id": "made", "alias": "UFM"},
         "'UFM' is already a spelling of ufm"),
        ("requirements", {"requirement_id": "x", "call_id": "none"}, "unknown call_id 'none'"),
        ("areas", {"area_id": "New Area"}, "small letters a to z"),
        ("areas", {"label_en": "X"}, "area_id is empty"),
        ("funders", {"funder_id": "x", "kind": "fond"},
         "kind 'fond' is not known; give one of agency, board, council, eu, joint"),
        ("organisations", {"organisation_id": "x", "kind": "klynge"}, "kind 'klynge' is not known"),
        ("area_designations", {"area_id": "tourism", "call_id": CALL, "class": "big"},
         "class 'big' is not known; give one of designated, emerging, strength"),
        ("requirements", {"requirement_id": "x", "scope": "all"}, "scope 'all' is not known"),
        ("funders", {"funder_id": "x", "document_id": "y"}, None),
        ("organisation_aliases", {"organisation_id": "made", "alias": "Made X",
         "document_id": "dfir_2024", "line_number": "3"}, "document_id and line_number empty"),
        ("organisation_aliases", {"organisation_id": "nobody", "alias": "N"}, "'nobody'"),
        ("call_parameters", {"call_id": CALL, "parameter": "sensitivity_draws", "value": "many"},
         "is not a number"),
        ("call_parameters", {"call_id": CALL, "parameter": "draws", "value": "1"}, "describe the"),
    ],
)  # fmt: skip
def test_an_addition_that_contradicts_the_shipped_data(home, seed, values, says):
    if says is None:
        path = home.reference / f"{seed}.csv"
        path.parent.mkdir()
        path.write_text(",".join(values) + "\n" + ",".join(values.values()) + "\n")
        says = "missing: kind, label_da, label_en; unknown: document_id"
    else:
        put(home, seed, row(seed, **values))
    assert says in refused(home)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([reporter(reports_from="2021-01-01", reports_to="2025-12-31"),
          reporter(reports_from="2025-06-01", reports_to="")],
         "row 3: this span of made overlaps"),
        ([reporter(reports_from="2021-01-01"), reporter(reports_from="2021-01-01")],
         "row 3: made 2021-01-01 is in row 2 too: keep only one"),
        ([reporter(organisation_id="clean")], "these values must stay"),
        ([reporter(kind="agency", organisation_id="")], "kind is 'cluster_organisation'"),
        ([reporter(reports_to="2026-13-01")], "reports_to '2026-13-01' is not a day"),
        ([reporter(reports_from="2026-01-01", reports_to="2025-12-31")], "before reports_from"),
        ([reporter("navigate_denmark", kind="cluster")], "kind 'cluster' is not known"),
        ([reporter("navigate_denmark", basis="printed")], "basis 'printed' is not known"),
        ([reporter("navigate_denmark", organisation_id="")], "names the organisation_id"),
        ([reporter("navigate_denmark", organisation_id="nobody")], "unknown organisation_id"),
        ([reporter("../made")], "small letters a to z"),
        ([reporter("test", kind="sample", organisation_id="", basis="sample")], "of the sample"),
        ([reporter("sample", note="x")], "of the sample"),
        ([reporter("made_2", organisation_id="made")], "made reports on made at the same time"),
    ],
)  # fmt: skip
def test_a_reporter_that_cannot_be(home, rows, says):
    put(home, "reporters", *rows)
    assert says in refused(home)


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([period("2024", closes_on="2025-02-28")], "closes_on 2025-02-28 is before due_on"),
        ([period("2024"), period("2024", due_on="")], "2024 is in row 2 too"),
        ([period("2024-2025")], "periods of submissions are calendar years"),
        ([period("2033", due_on="2032-12-31")], "due_on 2032-12-31 is before 2033 begins"),
        ([period("2033", due_on="1.3.2034")], "due_on '1.3.2034' is not a day; write it like 2026"),
        ([period("no_such_call", kind="call")], "there is no call 'no_such_call'"),
        ([period("2033", kind="quarter")], "kind 'quarter' is not known"),
    ],
)
def test_a_period_that_cannot_be(home, rows, says):
    put(home, "reporting_periods", *rows)
    assert says in refused(home)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"dataset": "activity", "reporter_id": "made"}, "there is no dataset 'activity'"),
        ({"dataset": "companies", "reporter_id": "made"}, "may not send companies"),
        ({"dataset": "funding", "reporter_id": "mode"}, "unknown reporter_id 'mode'"),
        ({"dataset": "funding", "reporter_id": "made", "note": "NULL"}, "leave it empty"),
        ({"dataset": "funding", "reporter_id": "made", "note": "a\nb"}, "write it on one line"),
        ({"dataset": "funding"}, "give either reporter_kind or reporter_id"),
        (
            {"dataset": "funding", "reporter_id": "made", "is_expected": "no"},
            "give one of true, false",
        ),
        ({"dataset": "funding", "reporter_id": "made", "period_id": "1999"}, "no period '1999'"),
        ({"dataset": "funding", "reporter_id": "made", "period_id": CALL}, "reported by year"),
        ({"dataset": "funding", "reporter_id": "made", "due_on": "2026-04-01"}, "give the period"),
    ],
)
def test_a_rule_of_what_is_due_that_cannot_be(home, values, says):
    put(home, "due_submissions", row("due_submissions", **{"is_expected": "true", **values}))
    assert says in refused(home)


def test_a_due_date_after_the_period_is_closed(home):
    put(home, "reporting_periods", period("2025", closes_on="2026-04-30"))
    values = {"dataset": "funding", "reporter_id": "made", "period_id": "2025"}
    late = row("due_submissions", **values, is_expected="true", due_on="2026-05-01")
    put(home, "due_submissions", late)
    assert "due_on 2026-05-01 is after the closing day of 2025 (2026-04-30)" in refused(home)


def test_two_calls_that_give_an_organisation_two_areas_in_one_year(home):
    calls = new_call()
    call = calls["calls"][0]["call_id"]
    calls["calls"][0]["period_id"] = "2028-2031"
    calls["area_designations"] = [
        row(
            "area_designations",
            area_id="energy_technology",
            call_id=call,
            organisation_id="clean",
            outcome="designated",
        )
    ]
    for seed, rows in calls.items():
        put(home, seed, *rows)
    assert f"clean holds an area of {CALL} in the same years" in refused(home)


@pytest.mark.parametrize(
    ("seed", "changed", "says"),
    [
        ("calls", {"total_amount_kr": "300000001"}, "the pots in call_grant_types.csv add up to"),
        ("calls", {"total_amount_kr": "1e9"}, "is not a number from 0 to 10,000,000,000,000"),
        ("calls", {"period_id": "2029"}, "but klyngeprogram_2029_2032 has the period 2029"),
        (
            "calls",
            {"period_id": "2032-2029"},
            "write the first and the last year of the grants, such",
        ),
        ("call_grant_types", {"pot_kr": "-1"}, "pot_kr '-1' is not a number from 0"),
        ("call_grant_types", {"grant_type_id": "cluster"}, "is a grant type of klyngeprogram_2025"),
        (
            "criterion_weights",
            {"weight_numerator": "2"},
            "the weights of cluster_2029 do not add up to 1",
        ),
        (
            "criterion_weights",
            {"weight_denominator": "0"},
            "weight_denominator '0' is not a number",
        ),
        ("criterion_weights", {"weight_numerator": ""}, "cluster_2029_a1 has no weight"),
        ("requirements", {"value": "high"}, "value 'high': give a score from 0 to 10"),
        ("call_parameters", {"value": "5"}, "score_decimals '5' is not understood"),
        ("allocation_scenarios", {"cap_percent": "101"}, "cap_percent '101' is not a number"),
    ],
)
def test_a_call_with_a_number_that_cannot_be(home, seed, changed, says):
    for name, rows in new_call().items():
        first = {**rows[0], **changed} if name == seed else rows[0]
        put(home, name, first, *rows[1:])
    assert says in refused(home)


def test_two_organisations_of_one_area_in_a_call(home):
    calls = new_call()
    calls["area_designations"] = [
        row(
            "area_designations",
            area_id="energy_technology",
            call_id=calls["calls"][0]["call_id"],
            organisation_id=organisation,
            outcome="designated",
        )
        for organisation in ("clean", "made")
    ]
    for seed, rows in calls.items():
        put(home, seed, *rows)
    assert "energy_technology already has an organisation" in refused(home)


@pytest.mark.parametrize("draws", ["0", "-5", "10000000000", "1.5", "٣"])
def test_a_number_of_draws_that_would_stop_the_night(home, draws):
    put(
        home,
        "call_parameters",
        {**shipped("call_parameters", parameter="sensitivity_draws"), "value": draws},
    )
    assert "is not a number from 1 to 1,000,000" in refused(home)


@pytest.mark.parametrize("seed", ["calls", "call_parameters"])
def test_a_call_of_which_a_part_is_missing_or_wrong(home, seed):
    for name, rows in new_call().items():
        put(home, name, *(rows[1:] if name == seed else rows))
    told = refused(home)
    assert ("unknown call_id" if seed == "calls" else "has no score_decimals") in told


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("reporter.csv", "use one of reporters ("),
        ("findings.csv", "an overlay cannot have rows of 'findings'"),
        ("reporters.txt", "is neither CSV nor XLSX"),
    ],
)
def test_a_file_that_lays_over_nothing(home, name, says):
    put(home, "reporters", reporter()).rename(home.reference / name)
    assert says in refused(home)


def test_every_problem_of_every_file_is_told_at_once(home):
    put(home, "areas", row("areas", area_id="A"), row("areas", area_id="B"))
    put(home, "funders", row("funders", funder_id="F"))
    told = refused(home)
    assert "areas.csv: 2 problems" in told
    assert "funders.csv: 1 problem" in told
