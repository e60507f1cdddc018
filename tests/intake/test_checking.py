"""Each check rejects invalid rows with a reason in two languages; valid rows stay unchanged."""

import csv
import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from klynge import checkout
from klynge.errors import InputError
from klynge.intake.checking import check_file
from klynge.intake.contracts import read_contracts
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.intake.row_checks import SUSPICIOUS_TEXTS
from tests.conftest import klynge
from tests.intake.door import (
    ACTIVITIES,
    ACTIVITY,
    COMPANY,
    CONTRACTS,
    FOREIGN,
    FUNDING,
    GRANT,
    PARTICIPANTS,
    REGISTERS,
    UNIVERSITY,
    check,
    conserved,
    faults,
    told,
    write,
)

HEADERS = {"participants": PARTICIPANTS, "funding": FUNDING, "activities": ACTIVITIES}
ROWS = {"participants": COMPANY, "funding": GRANT, "activities": ACTIVITY}


def with_value(dataset, column, value):
    """Return the dataset's example row with one value changed."""
    fields = ROWS[dataset].split(";")
    fields[HEADERS[dataset].split(";").index(column)] = value
    return ";".join(fields)


def check_value(folder, dataset, column, value):
    row = with_value(dataset, column, value)
    return check(write(folder, f"{dataset}_2021.csv", HEADERS[dataset], row))


@pytest.mark.parametrize(
    ("dataset", "column", "value", "reason"),
    [
        ("participants", "country", "", "a value is required"),
        ("participants", "participant_type", "compani", "is it company?"),
        ("participants", "participant_type", "company ", "remove them"),
        ("participants", "organisation_id", "madde", "is it made?"),
        ("funding", "funder_id", "industrienfond", "is it industriens_fond?"),
        ("funding", "funder_id", "Industriens Fonden", "is it industriens_fond?"),
        (
            "funding",
            "funder_id",
            "Novo Nordisk Fonden",
            "correct the value; only the secretariat can add a new value to the register",
        ),
        ("participants", "industry_code", "6202", "six digits"),
        ("participants", "activity_id", "x" * 41, "at most 40 characters"),
        ("participants", "activity_id", "NULL", "leave the field empty"),
        ("participants", "activity_id", "=1+1", "like a formula"),
        ("participants", "participant_id", "1234567", "exactly eight digits"),
        ("participants", "startup", "yes", "must be ja or nej"),
        ("participants", "persons", "0", "at least 1"),
        ("participants", "persons", "1,5", "not a whole number"),
        ("participants", "persons", "1e3", "not a whole number"),
        ("participants", "persons", "N/A", "leave the field empty"),
        ("participants", "persons", "9" * 30, "too large"),
        ("funding", "amount_kr", "1234.5", "write 1234,5"),
        ("funding", "amount_kr", "1234.56", "write 1234,56"),
        ("funding", "amount_kr", "0.123", "write 0,123"),
        ("funding", "amount_kr", "1,234.50", "not a number"),
        ("funding", "amount_kr", "12.34.567", "not a number"),
        ("funding", "amount_kr", "1,234", "at most 2"),
        ("funding", "amount_kr", "20000000000", "at most 10000000000"),
        ("funding", "amount_kr", "=A1", "like a formula"),
        ("funding", "amount_kr", "NaN", "leave the field empty"),
        ("activities", "start_date", "31-02-2021", "no such day"),
        ("activities", "start_date", "2021-02-31", "no such day"),
        ("activities", "start_date", "1/3 2021", "not a date"),
        ("activities", "start_date", "2021-3-1", "write 01-03-2021"),
        ("activities", "end_date", "2021-02-01", "on or after the start date"),
        ("activities", "title", "=HYPERLINK(1)", "like a formula"),
        ("activities", "title", "@cmd", "like a formula"),
        ("activities", "title", "-1+1|cmd", "like a formula"),
        ("activities", "title", "+cmd", "like a formula"),
        ("activities", "title", "-", "leave the field empty"),
        ("activities", "title", " dag", "remove them"),
        ("activities", "title", "dag\u00a0", "remove them"),
        ("activities", "title", "d\x07ag", "control characters"),
    ],
)
def test_refused(tmp_path, dataset, column, value, reason):
    checked = check_value(tmp_path, dataset, column, value)
    assert checked.rows_rejected == checked.rows_read == 1
    assert reason.lower() in told(checked)[0].lower()
    assert told(checked, "da")[0] not in {"", told(checked)[0]}
    assert column in checked.rejected["column"][0].as_py()
    assert checked.rejected["value"][0].as_py() in {value or None, *_pairs(value)}


def _pairs(value):
    """Return the texts that may be stored for a refused value.

    A rule stores the values of all its columns.
    """
    return {value, f"2021-03-01, {value}", f"{value}, 01-03-2021"}


@pytest.mark.parametrize(
    ("dataset", "column", "value", "typed"),
    [
        ("participants", "persons", "1.234", 1234),
        ("participants", "persons", "", None),
        ("funding", "amount_kr", "1.234,5", Decimal("1234.50")),
        ("funding", "amount_kr", "1.234", Decimal("1234.00")),
        ("funding", "amount_kr", "-1.234.567,89", Decimal("-1234567.89")),
        ("funding", "amount_kr", "0,01", Decimal("0.01")),
        ("funding", "funder_id", "", None),
        ("activities", "start_date", "28-02-2021", datetime.date(2021, 2, 28)),
        ("activities", "title", "+45 12 34 56 78", "+45 12 34 56 78"),
        ("activities", "title", "", None),
        ("activities", "title", "Null og intet – på øen", "Null og intet – på øen"),
    ],
)
def test_accepted(tmp_path, dataset, column, value, typed):
    checked = check_value(tmp_path, dataset, column, value)
    assert checked.rows[column].to_pylist() == [typed]
    assert checked.rejected.num_rows == 0


def test_namibia_is_no_null(tmp_path):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, FOREIGN.replace(";SE;", ";NA;"))
    assert check(path).rows["country"].to_pylist() == ["NA"]


def test_types_are_the_contracts(tmp_path):
    rows = check(write(tmp_path, "funding_2021.csv", FUNDING, GRANT)).rows
    names = [c.name for c in CONTRACTS["funding"].columns]
    assert rows.column_names == ["source_row", "line", *names]
    kinds = {field.name: str(field.type) for field in rows.schema}
    assert kinds["source_row"] == "int64"
    assert kinds["in_kind"] == "bool"
    assert kinds["amount_kr"] == "decimal128(18, 2)"


def test_a_file_without_rows(tmp_path):
    checked = check(write(tmp_path, "funding_2021.csv", FUNDING))
    assert checked.rows_read == checked.rows.num_rows == checked.rejected.num_rows == 0
    assert (
        checked.rows.schema
        == check(write(tmp_path, "funding_2022.csv", FUNDING, GRANT)).rows.schema
    )


def test_every_fault_of_a_row_is_told_once(tmp_path):
    row = "maade;2021-0001;1234567;DK;company;;small;;62;DB07;nej;0"
    checked = check(write(tmp_path, "participants_2021.csv", PARTICIPANTS, row))
    assert [column for _, column, _ in faults(checked)] == [
        "organisation_id", "participant_id", "size_band", "industry_code", "persons",
    ]  # fmt: skip
    assert checked.rows_rejected == 1


def test_a_rule_is_not_asked_of_values_that_are_wrong_themselves(tmp_path):
    row = COMPANY.replace(";company;", ";compani;").replace("under_50", "")
    checked = check(write(tmp_path, "participants_2021.csv", PARTICIPANTS, row))
    assert [column for _, column, _ in faults(checked)] == ["participant_type"]


def test_exact_repeats_keep_the_first(tmp_path):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY, FOREIGN, COMPANY)
    checked = check(path)
    assert checked.rows["source_row"].to_pylist() == [1, 2]
    assert "lines 2, 4" in told(checked)[0]


def test_rows_of_one_key_that_differ_are_all_rejected(tmp_path):
    lines = (FOREIGN, COMPANY, FOREIGN.replace("ja", "nej").replace("SE 556-12", "se55612"))
    checked = check(write(tmp_path, "participants_2021.csv", PARTICIPANTS, *lines))
    assert checked.rows["source_row"].to_pylist() == [2]
    assert [line for line, _, _ in faults(checked)] == [2, 4]
    assert "differ" in told(checked)[0]
    assert conserved(checked)


def test_rows_of_another_organisation(tmp_path):
    path = write(
        tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY, FOREIGN.replace("made", "clean")
    )
    checked = check(path, organisation_id="made")
    assert faults(checked) == [(3, "organisation_id", "clean")]
    assert "report only rows of made" in told(checked)[0]
    assert check(path).rows_rejected == 0


def test_odd_cvr_numbers_are_told_of_but_accepted(tmp_path):
    odd = COMPANY.replace("12345674", "12345675")
    checked = check(write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY, odd, FOREIGN))
    assert checked.warnings == {"cvr_check_digit": 1}
    assert checked.rows_rejected == 0


def test_no_identifier_leaves_the_door(tmp_path):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY, FOREIGN, UNIVERSITY)
    identifiers = check(path).rows["participant_id"].to_pylist()
    pairs = [("DK", "12345674"), ("SE", "SE 556-12"), ("DK", "29979812")]
    assert identifiers == [SAMPLE_KEY.pseudonym(*pair) for pair in pairs]


def test_a_period_that_is_no_year(tmp_path):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY)
    with pytest.raises(InputError, match="by year"):
        check(path, period="2021 or true")


def test_suspicious_texts_are_suspicious(tmp_path):
    """The check must reject each of these texts.

    If the pattern of a column matches one of them, the pattern relies on this check.
    """
    for text in SUSPICIOUS_TEXTS:
        checked = check_value(tmp_path, "activities", "title", text)
        assert checked.rows_rejected == 1, text


def test_ten_faults_are_ten_messages_in_danish(tmp_path, home):
    path = write(
        tmp_path,
        "participants_2021.csv",
        PARTICIPANTS,
        UNIVERSITY,
        COMPANY.replace("made", "maade"),
        COMPANY.replace("2021-0001", ""),
        COMPANY.replace("12345674", "1234567"),
        COMPANY.replace(";DK;", ";Danmark;"),
        COMPANY.replace(";company;", ";firma;"),
        COMPANY.replace("under_50", "under 50"),
        COMPANY.replace("620200", "62.02.00"),
        COMPANY.replace(";nej;", ";Nej;"),
        COMPANY[:-1] + "2.5",
        COMPANY + ";",
    )
    done = klynge(home, "validate", str(path))
    assert done.returncode == 1, done.stderr
    told_lines = [line for line in done.stdout.splitlines() if line.split()[:1][0].isdigit()][:10]
    assert [int(line.split()[0]) for line in told_lines] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    for reason in (
        "findes ikke i registret organisations; ret værdien; mente du made?",
        "feltet skal udfyldes",
        "præcis otte cifre",
        "ikke en landekode i ISO 3166-1",
        "ikke en tilladt værdi; brug en af company (Virksomhed),",
        "mente du under_50?",
        "Branchekode er ikke skrevet, som det skal; skriv",
        "svaret skal være ja eller nej; mente du nej?",
        "ikke et heltal; skriv kun cifre",
        "felter i posten: 13, i overskriften: 12",
    ):
        assert reason in done.stdout
    assert "11 rækker læst, 1 godkendt, 10 afvist" in done.stdout


def test_validate_ends_with_0_1_or_2(tmp_path, home):
    clean = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY)
    done = klynge(home, "validate", str(clean), "--reporter", "made", "--language", "en")
    assert (done.returncode, done.stdout) == (0, "1 row read, 1 valid, 0 rejected\n")
    others = klynge(home, "validate", str(clean), "--reporter", "clean")
    assert others.returncode == 1
    assert "indberet kun rækker for clean" in others.stdout
    refused = write(tmp_path, "participants_2022.csv", PARTICIPANTS.replace("persons", "folk"))
    done = klynge(home, "validate", str(refused))
    assert done.returncode == 2
    assert "kolonnen Antal personer (persons) mangler" in done.stderr
    assert not (home.root / "pseudonym.key").exists()


def test_validate_needs_no_framework(tmp_path, home):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY)
    done = klynge(home, "validate", str(path), PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "duckdb" in imported
    assert not imported & {"dagster", "dbt", "great_expectations"}


#: Valid titles have no blanks at the ends; they are not a formula and not a word such as NULL.
TITLES = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\næøåÆØÅ;\"'"
    ),
    max_size=60,
).map(lambda t: f"x{t}y")


@given(
    st.lists(
        st.tuples(
            TITLES,
            st.dates(datetime.date(2021, 1, 1), datetime.date(2021, 12, 31)),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["%Y-%m-%d", "%d-%m-%Y"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=40)
def test_valid_rows_come_back_exactly(tmp_path_factory, rows, dates, quoting):
    path = tmp_path_factory.mktemp("valid") / "activities_2021.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=quoting)
        writer.writerow(ACTIVITIES.split(";"))
        for number, (title, day, funded) in enumerate(rows):
            text = day.strftime(dates)
            writer.writerow(
                [
                    "made",
                    number,
                    "knowledge_matchmaking",
                    title,
                    text,
                    text,
                    "ja" if funded else "nej",
                ]
            )
    checked = check(path)
    assert checked.rejected.num_rows == 0
    columns = ("title", "start_date", "cluster_grant_funded")
    assert list(zip(*(checked.rows[c].to_pylist() for c in columns), strict=True)) == rows


@given(
    st.lists(st.decimals(-(10**10), 10**10, places=2, allow_nan=False), min_size=1, max_size=30),
    st.booleans(),
)
@settings(max_examples=40)
def test_valid_amounts_come_back_exactly(tmp_path_factory, amounts, grouped):
    def written(amount):
        text = f"{amount:,f}" if grouped else f"{amount:f}"
        return text.translate(str.maketrans(",.", ".,"))

    lines = [
        GRANT.replace("2021-01", f"l{n}").replace("1.234.567,89", written(amount))
        for n, amount in enumerate(amounts)
    ]
    path = write(tmp_path_factory.mktemp("amounts"), "funding_2021.csv", FUNDING, *lines)
    assert check(path).rows["amount_kr"].to_pylist() == amounts


@pytest.mark.parametrize(
    ("start", "end", "refused"),
    [
        ("2020-12-31", "2021-01-01", 0),
        ("2021-12-31", "2023-06-30", 0),
        ("2020-01-01", "2022-12-31", 0),
        ("2020-12-30", "2020-12-31", 1),
        ("2022-01-01", "2022-01-02", 1),
    ],
)
def test_a_project_is_reported_for_each_year_in_which_it_has_a_day(tmp_path, start, end, refused):
    fields = ACTIVITY.split(";")
    for column, day in (("start_date", start), ("end_date", end)):
        fields[ACTIVITIES.split(";").index(column)] = day
    checked = check(write(tmp_path, "activities_2021.csv", ACTIVITIES, ";".join(fields)))
    assert checked.rows_rejected == refused
    if refused:
        assert "has at least one day in the reported year" in told(checked)[0]


def test_all_contracts_can_be_checked(tmp_path):
    for dataset, contract in read_contracts(checkout.CONTRACTS).items():
        path = write(tmp_path, f"{dataset}.csv", ";".join(c.name for c in contract.columns))
        period = "2021" if contract.period_kind == "year" else "klyngeprogram_2025_2028"
        checked = check_file(
            path, contract, period=period, organisation_id="made",
            registers=REGISTERS, key=SAMPLE_KEY,
        )  # fmt: skip
        assert checked.rows_read == 0


def test_an_applicant_applies_in_one_area(tmp_path):
    header = "organisation_id;grant_type;area_id;applied_amount_kr"
    path = write(
        tmp_path,
        "applications_2025.csv",
        header,
        "made;cluster;advanced_production;1",
        "clean;cluster;environmental_technology;1",
        "made;innovation;construction;1",
    )
    checked = check(path, period="klyngeprogram_2025_2028")
    assert faults(checked) == [
        (2, "organisation_id, area_id", "made, advanced_production"),
        (4, "organisation_id, area_id", "made, construction"),
    ]
    assert told(checked)[0].startswith(
        "lines 2, 4 have the same organisation_id but different area_id"
    )
    assert conserved(checked)
