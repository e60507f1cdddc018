"""The example row of a template is refused, and its lists and guide are in Danish."""

import zipfile
from itertools import combinations

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from klynge.intake.checking import check_file
from klynge.intake.formats.text_file import FileRefusedError
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.intake.registers import codes_by_name
from klynge.intake.submissions import submission_named
from klynge.intake.template_lists import read_choices
from klynge.intake.templates import example_row, template_csv, template_xlsx
from klynge.messages import Language
from klynge.reference.seeds import shipped_reference
from tests.conftest import klynge
from tests.intake.door import ACTIVITIES, ACTIVITY, CONTRACTS, REGISTERS, check, write


def written(path, contract, kind):
    """Write a template of a contract: for 2024, or for a call."""
    period = "2024" if contract.period_kind == "year" else "klyngeprogram_2025_2028"
    choices = read_choices(contract, shipped_reference())
    path = path / f"{contract.dataset}.{kind}"
    path.write_bytes(
        template_csv(contract, choices, period)
        if kind == "csv"
        else template_xlsx(contract, choices, period)
    )
    return path, period


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_the_example_row_is_refused_as_what_it_is(tmp_path, contract, kind):
    path, period = written(tmp_path, contract, kind)
    checked = check_file(
        path, contract, period=period, organisation_id=None, registers=REGISTERS, key=SAMPLE_KEY
    )
    [fault] = checked.rejected.to_pylist()
    assert fault["line"] == 2
    assert fault["reason_en"] == "this is the example row of the template; delete it"
    assert (checked.rows.num_rows, checked.refused["amounts"]) == (0, {})


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_a_row_with_any_value_of_the_example_is_never_loaded(tmp_path, contract):
    """One value of the example row is replaced, or two values, or all values but one."""
    period = "2024" if contract.period_kind == "year" else "klyngeprogram_2025_2028"
    example = example_row(contract, read_choices(contract, shipped_reference()), period)
    sound = {name: value.removeprefix("EKSEMPEL ") for name, value in example.items()}
    filled = [name for name in example if example[name]]
    overwritten = [*combinations(filled, 1), *combinations(filled, 2)]
    overwritten += list(combinations(filled, len(filled) - 1))
    rows = [{**example, **{n: sound[n] for n in names}} for names in overwritten]
    lines = [";".join(row.values()) for row in rows]
    path = write(tmp_path, f"{contract.dataset}.csv", ";".join(example), *lines)
    checked = check_file(
        path, contract, period=period, organisation_id=None, registers=REGISTERS, key=SAMPLE_KEY
    )
    assert (checked.rows.num_rows, checked.rows_rejected) == (0, len(rows))
    reasons = {
        row["line"]: row["reason_da"]
        for row in checked.rejected.to_pylist()
        if "skabelonens eksempel" in row["reason_da"]
    }
    assert reasons.keys() == set(range(2, len(rows) + 2))


def test_a_title_may_begin_with_the_word_of_the_mark(tmp_path):
    row = ACTIVITY.replace("Temadag om robotter på øen", "EKSEMPELSAMLING")
    assert check(write(tmp_path, "activities_2021.csv", ACTIVITIES, row)).rows.num_rows == 1


def test_an_earlier_template_left_as_it_was_is_refused(tmp_path):
    header = ";".join(c.name for c in CONTRACTS["funding"].columns)
    example = "made;2021-01;cluster_grant;ufs;consumed;gross;current;nej;ja;1234567,89"
    checked = check(write(tmp_path, "funding_2024.csv", header, example))
    assert "example row" in checked.rejected["reason_en"][0].as_py()


def test_nothing_in_a_template_is_english():
    """Headings, guide and lists are in Danish; names of columns and codes stand beside them."""
    for contract in CONTRACTS.values():
        assert contract.grain_da != contract.grain
        assert all(c.description_da not in {c.description, ""} for c in contract.columns)
        assert all(rule.rule_da != rule.rule_en for rule in contract.rules)


def test_lists_offer_only_what_may_be_reported():
    reference = shipped_reference()
    offered = read_choices(CONTRACTS["indicator_results"], reference)
    organisations = offered["organisation_id"].values
    assert (
        {"made", "am_hub"}
        <= set(organisations)
        <= {r["organisation_id"] for r in reference.rows("reporters")}
    )
    assert all(organisations.values())
    assert 0 < len(offered["indicator_id"].values) < 10
    assert not offered["indicator_id"].is_whole
    own = read_choices(CONTRACTS["organisations"], reference, "clean")
    assert list(own["organisation_id"].values) == ["clean"]
    assert own["area_id"].values["energy_technology"] == "Energiteknologi"
    assert read_choices(CONTRACTS["participants"], reference)["country"].values["DE"] == "Tyskland"


def test_workbook_offers_lists_and_a_guide(tmp_path):
    contract = CONTRACTS["participants"]
    path, _ = written(tmp_path, contract, "xlsx")
    with zipfile.ZipFile(path) as parts:
        table = parts.read("xl/worksheets/sheet1.xml").decode()
    offered = {c.name for c in contract.columns if c.allowed or c.register} | {"startup"}
    assert table.count("<dataValidation ") == len(offered)
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["Deltagere", "Vejledning", "Kodelister"]
    header = book.get_sheet_by_name("Deltagere").to_python()[0]
    assert header == [c.label_da for c in contract.columns]
    guide = book.get_sheet_by_name("Vejledning").to_python()
    for c in contract.columns:
        assert (c.label_da, c.name) in {(row[0], row[-1]) for row in guide}
    lists = book.get_sheet_by_name("Kodelister").to_python()
    labels = {c.label_da for c in contract.columns if c.name in offered}
    assert set(lists[0]) - {"kode eller betegnelse"} == labels
    place = lists[0].index("Størrelse")
    assert [row[place : place + 2] for row in lists[1:5]] == [
        [name, code]
        for code, name in next(c for c in contract.columns if c.name == "size_band").allowed.items()
    ]
    place = lists[0].index("Land")
    assert ["DE", "Tyskland"] in [row[place : place + 2] for row in lists]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=CONTRACTS)
def test_a_row_in_the_words_of_the_template_is_the_row_in_codes(tmp_path, contract, kind):
    """A row may have the words that the template offers, or the names of columns and codes."""
    period = "2024" if contract.period_kind == "year" else "klyngeprogram_2025_2028"
    choices = read_choices(contract, shipped_reference())
    example = example_row(contract, choices, period)
    words = {c.label_da: example[c.name].removeprefix("EKSEMPEL ") for c in contract.columns}
    assert "Klyngeorganisation" not in words or words["Klyngeorganisation"] != "made"
    codes = {c.name: words[c.label_da] for c in contract.columns}
    for column, offered in choices.items():
        by_text = {text: code for code, text in offered.written.items()}
        codes[column] = by_text.get(codes[column], codes[column])
    # an earlier template had its example row in codes, and some contracts still refuse these codes
    key = contract.columns[1]
    if contract.refuses_examples and key.is_free_text:
        words[key.label_da] = codes[key.name] = "2024-77"
    checked = []
    for name, row in (("words", words), ("codes", codes)):
        path = tmp_path / f"{name}.{kind}"
        if kind == "csv":
            path.write_text("\n".join(";".join(half) for half in (row, row.values())) + "\n")
        else:
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                sheet.write_row(0, 0, list(row))
                for place, text in enumerate(row.values()):
                    sheet.write_string(1, place, text)
        checked.append(
            check_file(
                path, contract, period=period, organisation_id=None, registers=REGISTERS,
                key=SAMPLE_KEY,
            )
        )  # fmt: skip
    for one in checked:
        assert one.rejected.to_pylist() == []
    assert checked[0].rows.equals(checked[1].rows)
    assert checked[0].rows.num_rows == 1


def test_names_are_read_whatever_their_case_and_blanks_and_shown_as_they_were_sent(tmp_path):
    row = ACTIVITY.replace("knowledge_matchmaking", " VIDENSPREDNING  og matchmaking ")
    assert row != ACTIVITY
    checked = check(write(tmp_path, "activities_2021.csv", ACTIVITIES, row))
    assert checked.rows["activity_type"].to_pylist() == ["knowledge_matchmaking"]
    name = REGISTERS["organisations", "organisation_id"]["made"]
    other = row.replace("Temadag", "Morgenmøde").replace("made", name)
    refused = check(write(tmp_path, "activities_2021.csv", ACTIVITIES, row, other))
    assert refused.rejected["value"].to_pylist() == ["made, 2021-0001", f"{name}, 2021-0001"]
    odd = ACTIVITY.replace("knowledge_matchmaking", "Videnspredning")
    assert check(write(tmp_path, "activities_2021.csv", ACTIVITIES, odd)).rows_rejected == 1


def test_two_headings_of_one_column_are_refused_by_name(tmp_path):
    header = ACTIVITIES.replace("title", "title;Titel")
    row = ACTIVITY.replace("Temadag om robotter på øen", "Temadag;Temadag")
    with pytest.raises(FileRefusedError) as refused:
        check(write(tmp_path, "activities_2021.csv", header, row))
    assert "the headings 'title', 'Titel' all mean the column title" in str(refused.value)
    danish = refused.value.message.text(Language.da)
    assert "overskrifterne 'title', 'Titel' betyder alle kolonnen Titel (title)" in danish


def test_a_name_that_two_codes_share_is_offered_and_read_as_the_code_only():
    names = {"one": "Samme navn", "two": "samme  navn", "three": "one", "four": "Fire"}
    assert codes_by_name(names) == {"fire": "four"}


def test_command_writes_a_template_once(tmp_path, home):
    path = tmp_path / "participants.xlsx"
    done = klynge(home, "template", "participants", "--format", "xlsx", "--out", str(path))
    assert (done.returncode, path.is_file()) == (0, True)
    again = klynge(home, "template", "participants", "--out", str(path))
    assert again.returncode == 2
    assert "findes allerede" in again.stderr
    unknown = klynge(home, "template", "visitors")
    assert unknown.returncode == 2
    assert "participants" in unknown.stderr


def test_a_csv_template_begins_with_the_mark_by_which_spreadsheets_know_utf_8():
    contract = CONTRACTS["participants"]
    content = template_csv(contract, read_choices(contract, shipped_reference()))
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").startswith("Klyngeorganisation;Aktivitets-id;")


def test_command_writes_every_template_of_a_reporter(tmp_path, home):
    folder = tmp_path / "clean 2026"
    done = klynge(
        home, "template", "--all", "--period", "2026", "--reporter", "clean", "--out", str(folder)
    )
    assert done.returncode == 0, done.stderr
    expected = {
        c.dataset
        for c in CONTRACTS.values()
        if c.period_kind == "year" and "cluster_organisation" in c.reporters
    }
    named = [submission_named(path.stem, "clean", CONTRACTS) for path in folder.iterdir()]
    assert {(one.dataset, one.period) for one in named} == {(name, "2026") for name in expected}
    assert (folder / "Finansiering_2026.xlsx").is_file()
    agency = tmp_path / "erst 2026"
    options = ("--all", "--period", "2026", "--reporter", "erst", "--out", str(agency))
    assert klynge(home, "template", *options).returncode == 0
    assert [path.name for path in agency.iterdir()] == ["Virksomhedsregister_2026.xlsx"]
    english = klynge(home, "--language", "en", "template", *options, "--format", "csv")
    assert english.returncode == 0, english.stderr
    assert (agency / "companies_2026.csv").is_file()
    unknown = klynge(home, "template", "funding", "--period", "26")
    assert (unknown.returncode, "2026" in unknown.stderr) == (2, True)
    unnamed = klynge(home, "template", "funding")
    assert (unnamed.returncode, "--period" in unnamed.stderr) == (2, True)
