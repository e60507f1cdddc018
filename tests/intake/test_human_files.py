"""Read files as people and their programs write them: a file is loaded, or its faults are named.

Each case states what is expected: the number of accepted rows, the refused lines with their
reasons, notes on rows that are left out, or the reason why the whole file is refused.
"""

import io
import zipfile
from dataclasses import dataclass, field

import pytest
import xlsxwriter

from klynge.intake.checking import check_file
from klynge.intake.formats.text_file import FileRefusedError
from klynge.intake.pseudonyms import SAMPLE_KEY
from klynge.messages import Language, shown
from tests.intake.door import CONTRACTS, PARTICIPANTS, REGISTERS, conserved

FUNDING = (
    "organisation_id;funding_line_id;funding_source;funder_id;amount_kind;gross_or_net;"
    "price_basis;in_kind;validated;amount_kr"
)
ACTIVITIES = (
    "organisation_id;activity_id;activity_type;title;start_date;end_date;cluster_grant_funded"
)
MEMBERSHIPS = "organisation_id;member_id;country;member_type;dues_kr"
LABELS = (
    "Klyngeorganisation;Linje-id;Finansieringskilde;Bevillingsgiver;Beløbstype;Brutto eller netto;"
    "Prisniveau;In kind;Valideret;Beløb"
)


def money(line="2024-01", amount="100,00", **changed):
    row = dict(zip(FUNDING.split(";"), GRANT.split(";"), strict=True))
    return ";".join({**row, "funding_line_id": line, "amount_kr": amount, **changed}.values())


GRANT = "made;2024-01;private;;consumed;net;current;nej;nej;100,00"


def meeting(number="2024-0001", day="01-03-2024", title="Temadag"):
    return f"made;{number};knowledge_matchmaking;{title};{day};{day};ja"


def guest(number, identifier="SE5560360793", country="SE", persons="2"):
    return f"made;2024-{number:04};{identifier};{country};company;;under_50;;;;nej;{persons}"


def csv(*lines, end="\r\n", encoding="utf-8"):
    return (end.join(lines) + end).encode(encoding)


def book(sheets, **options):
    """Make a workbook.

    The name of a sheet can begin with the sheet's state, in capitals, and a colon: ``HIDDEN:x``.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, **options}) as workbook:
        for name, rows in sheets.items():
            state, _, plain = name.rpartition(":")
            sheet = workbook.add_worksheet(plain)
            if state:
                sheet.hide() if state == "HIDDEN" else sheet.very_hidden()
            for place, row in enumerate(rows):
                cells = row.split(";") if isinstance(row, str) else row
                for column, value in enumerate(cells):
                    if value != "":
                        sheet.write(place, column, value)
        shown = next(s for s in workbook.worksheets() if not s.hidden)
        shown.set_first_sheet()
        shown.activate()
    return content.getvalue()


def changed(content, old, new, part="xl/worksheets/sheet1.xml"):
    """Replace some bytes in one part of a workbook."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(made, "w") as target:
        for name in parts.namelist():
            data = parts.read(name)
            if name == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(name, data)
    return made.getvalue()


def without_references(content):
    """Remove the references of cells, as in workbooks that reporting servers export."""
    for column in "ABCDEFGHIJKL":
        for row in range(1, 5):
            reference = f' r="{column}{row}"'.encode()
            with zipfile.ZipFile(io.BytesIO(content)) as parts:
                if reference not in parts.read("xl/worksheets/sheet1.xml"):
                    continue
            content = changed(content, reference, b"")
    return content


def inserted(content, cells):
    """Add these cells, as XML, to row 3 of a workbook of funding."""
    return changed(content, b"</sheetData>", b'<row r="3">' + cells + b"</row></sheetData>")


@dataclass
class Case:
    dataset: str
    content: bytes
    rows: int = 0
    refused: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    suffix: str = "csv"


def funding(content, rows=0, refused=None, **more):
    suffix = "xlsx" if content[:2] == b"PK" else "csv"
    return Case("funding", content, rows, refused or {}, suffix=suffix, **more)


def activities(content, rows=0, refused=None, **more):
    suffix = "xlsx" if content[:2] == b"PK" else "csv"
    return Case("activities", content, rows, refused or {}, suffix=suffix, **more)


def participants(content, rows=0, refused=None, **more):
    suffix = "xlsx" if content[:2] == b"PK" else "csv"
    return Case("participants", content, rows, refused or {}, suffix=suffix, **more)


ONE = [FUNDING, money("a")]
TWO = [FUNDING, money("a"), money("b")]
MONTHS = ["januar", "februar", "marts", "april", "maj", "december"]
ERROR = b'<c r="J3" t="e"><v>#REF!</v></c>'
FULL = money("b", funder_id="ufs").split(";")[:-1]
KEYS3 = b"".join(
    f'<c r="{c}3" t="inlineStr"><is><t>{v}</t></is></c>'.encode()
    for c, v in zip("ABCEFGHI", ["made", "c", "private", *GRANT.split(";")[4:9]], strict=True)
)

SHEETS = {
    "twelve months": funding(
        book({m: [FUNDING, money(m)] for m in MONTHS}), stops=["'januar' (1)", "'december' (1)"]
    ),
    "the dataset's name and another": funding(
        book({"Ark1": TWO, "funding": ONE}), stops=["'Ark1' (2)", "'funding' (1)"]
    ),
    "a copy of a sheet": funding(book({"funding": TWO, "funding (2)": TWO}), stops=["funding (2)"]),
    "last year's sheet": funding(book({"2023": TWO, "2024": TWO}), stops=["'2023'", "'2024'"]),
    "rows in one of four": funding(
        book({"Q1": [FUNDING], "Q2": TWO, "Q3": [FUNDING], "Q4": [FUNDING]}), 2
    ),
    "labels in the second": funding(
        book({"Ark1": ONE, "Ark2": [LABELS, money("b")]}), stops=["'Ark1' (1)", "'Ark2' (1)"]
    ),
    "the second has no header": funding(
        book({"Ark1": TWO, "Ark2": [money("c"), money("d")]}), stops=["'Ark2' (2)"]
    ),
    "a misspelt header in the second": funding(
        book({"Ark1": ONE, "Ark2": [FUNDING.replace("amount_kr", "amount"), money("b")]}),
        stops=["'Ark2' (1)"],
    ),
    "a hidden second": funding(
        book({"Ark1": TWO, "HIDDEN:2023": ONE}), 2, notes=["the hidden sheet '2023'"]
    ),
    "a very hidden first": funding(
        book({"VERY:gammel": ONE, "ny": TWO}), 2, notes=["the hidden sheet 'gammel'"]
    ),
    "rows in a hidden one only": funding(
        book({"Vejledning": ["Læs dette"], "HIDDEN:data": TWO}), stops=["hidden", "'data'"]
    ),
    "capitals after a guide": funding(
        book({"Læs mig": ["Udfyld arket"], "FUNDING": TWO}), 2, notes=["'Læs mig'"]
    ),
    "the label as a name": funding(book({"Læs mig": ["x"], " Finansiering ": TWO}), 2),
    "a pivot table": funding(
        book({"Pivot": ["Kilde;Sum", "private;200"], "funding": TWO}), 2, notes=["'Pivot'"]
    ),
    "a wrong header": funding(
        book({"Data til jer": ["a;b;c", "1;2;3"]}), stops=["sheet 'Data til jer'"]
    ),
    "a title above the header": funding(
        book({"Ark1": ["Finansiering 2024", "", *TWO]}), stops=["sheet 'Ark1'", "line 3"]
    ),
    "a title above the header of csv": funding(
        csv("Finansiering 2024", "", *TWO), stops=["line 3 looks like the header"]
    ),
    "an empty workbook": funding(book({"Ark1": []}), stops=["'Ark1'", "is empty"]),
}
CELLS = {
    "an error": funding(
        inserted(book({"f": ONE}), KEYS3 + ERROR), 1, {3: "the cell holds an error"}
    ),
    "an error alone in a row": funding(inserted(book({"f": ONE}), ERROR), 1, {3: "error"}),
    "an error in an optional cell": funding(
        inserted(
            book({"f": ONE}), KEYS3 + b'<c r="D3" t="e"><v>#VALUE!</v></c><c r="J3"><v>5</v></c>'
        ),
        1,
        {3: "error"},
    ),
    "errors without references": funding(
        without_references(
            changed(
                book({"f": [FUNDING, money("a", funder_id="ufs"), [*FULL, 7]]}),
                b'<c r="J3"><v>7</v></c>',
                b'<c r="J3" t = "e"><f>1/0</f><v>#DIV/0!</v></c>',
            )
        ),
        1,
        {3: "error"},
    ),
    "a formula without a value": funding(
        inserted(book({"f": ONE}), KEYS3 + b'<c r="J3"><f>SUM(J2:J2)</f></c>'), 1, {3: "formula"}
    ),
    "a formula with an empty value element": funding(
        inserted(book({"f": ONE}), KEYS3 + b'<c r="J3"><f>SUM(J2:J2)</f><v></v></c>'),
        1,
        {3: "formula"},
    ),
    "a shared formula without a value": funding(
        inserted(book({"f": ONE}), KEYS3 + b'<c r="J3"><f t="shared" si="0"/></c>'),
        1,
        {3: "formula"},
    ),
    "a formula that gives no text": funding(
        inserted(
            book({"f": ONE}),
            KEYS3 + b'<c r="D3" t="str"><f>IF(1,"","")</f><v></v></c><c r="J3"><v>5</v></c>',
        ),
        2,
    ),
    "a formula with its value": funding(
        inserted(book({"f": ONE}), KEYS3 + b'<c r="J3"><f>2+3</f><v>5</v></c>'), 2
    ),
    "formatted rows to the end of the sheet": funding(
        changed(
            book({"f": ONE}),
            b"</sheetData>",
            b"".join(
                f'<row r="{n}"><c r="A{n}" s="1"/></row>'.encode() for n in (500, 70_000, 1_048_576)
            )
            + b"</sheetData>",
        ),
        1,
    ),
    "a value in the last column": funding(
        inserted(book({"f": ONE}), b'<c r="XFD3"><v>1</v></c>'), stops=["XFD3"]
    ),
    "blanks in cells": funding(book({"f": [*ONE, " ; ;\xa0", "", money("b")]}), 2),
    "spreadsheet errors in csv": activities(
        csv(
            ACTIVITIES,
            meeting("1", title="#I/T"),
            meeting("2", title="#N/A"),
            meeting("3", "#VÆRDI!"),
            meeting("4", "#NAVN?"),
            meeting("5", "#REFERENCE!"),
            meeting("6", "#DIVISION/0!"),
        ),
        refused=dict.fromkeys(range(2, 8), "an error of a spreadsheet"),
    ),
    "days counted from 1904": activities(
        book(
            {"a": [ACTIVITIES.split(";"), [*meeting().split(";")[:4], 43890, 43890, "ja"]]},
            date_1904=True,
        ),
        1,
    ),
    "a number of 20 digits as an identifier": participants(
        book(
            {
                "p": [
                    PARTICIPANTS,
                    [*guest(1).split(";")[:2], 12345678901234567890, *guest(1).split(";")[3:]],
                ]
            }
        ),
        refused={2: "cut this number"},
    ),
    "a number as an identifier": participants(
        book(
            {"p": [PARTICIPANTS, [*guest(1).split(";")[:2], 5560360793, *guest(1).split(";")[3:]]]}
        ),
        1,
    ),
}
ROWS = {
    "delimiters at the end": funding(csv(*ONE, *[";;;;;;;;;"] * 500), 1),
    "delimiters of another number": funding(csv(*ONE, ";;;", ";" * 20, money("b")), 2),
    "blanks between delimiters": funding(csv(*ONE, " ; ;;;;;\xa0;;;", money("b")), 2),
    "lines after passed-over rows": funding(
        csv(*ONE, ";;;;;;;;;", "", money("b", "x")), 1, {5: "not a number"}
    ),
    "I alt": funding(csv(*TWO, "I alt;;;;;;;;;200,00"), 2, notes=["line 4"]),
    "Total in another column": funding(csv(*TWO, ";Total;;;;;;;;200"), 2, notes=["line 4"]),
    "a total under its organisation": Case(
        "full_time_equivalents",
        csv("organisation_id;staff_funder;full_time_equivalents", "made;ufs;1,5", "made;I alt;1,5"),
        1,
        notes=["line 3"],
    ),
    "SUM: in a workbook": funding(
        book({"f": [*TWO, "", ["SUM:", *[""] * 8, 200]]}), 2, notes=["line 5"]
    ),
    "subtotals": funding(
        csv(*ONE, "Subtotal;;;;;;;;;100", money("b", "x"), "I alt (kr);;;;;;;;;1"),
        1,
        {4: "not a number", 5: ""},
        notes=["line 3"],
    ),
    "a total with too few fields": funding(csv(*TWO, "I alt;200,00"), 2, notes=["line 4"]),
    "an id like a total": funding(csv(FUNDING, money("TOTAL-01"), money("Total")), 2),
    "an example with rows": funding(
        csv(FUNDING, money("EKSEMPEL"), money("a")),
        1,
        {2: "the template's example"},
    ),
    "a target like an example": Case(
        "indicator_results",
        csv(
            "organisation_id;indicator_id;year;result_kind;accumulation;value",
            "made;smes_in_collective_activities;2028;target;yearly;683",
        ),
        1,
    ),
    "quoted breaks before a fault": activities(
        csv(ACTIVITIES, meeting("1", title='"a\nb\r\nc"'), ";;;;;;", meeting("2", "1/3")),
        1,
        {6: "not a date"},
    ),
    "a quoted break in the header": funding(
        csv(FUNDING.replace("amount_kr", '"amount_kr\n"'), money("a", "x")), refused={3: "number"}
    ),
    "blank lines above the header": funding(
        csv("", ";;;;;;;;;", FUNDING, money("a"), money("b", "x")), 1, {5: "not a number"}
    ),
    "sep= above the header": funding(
        csv("sep=;", FUNDING, money("a"), money("b", "x")), 1, {4: "not a number"}
    ),
    "labels as header": funding(csv(LABELS, money("a"), encoding="cp1252"), 1),
    "labels in other writing": funding(
        csv(" KLYNGEORGANISATION ;linje-ID;" + LABELS.split(";", 2)[2] + "\xa0", money("a")), 1
    ),
    "columns without a name": funding(csv(FUNDING + ";;", money("a") + ";;"), 1),
    "a note in a column without a name": funding(
        csv(FUNDING + ";", money("a") + ";", money("b") + ";husk"), 1, {3: "fields"}
    ),
    "a column twice": funding(
        csv(FUNDING + ";Beløb", money("a") + ";1"),
        stops=["the headings 'amount_kr', 'Beløb' all mean the column amount_kr"],
    ),
    "a column too many": funding(csv(FUNDING + ";Note", money("a") + ";x"), stops=["'Note'"]),
    "another order": funding(
        csv(";".join(FUNDING.split(";")[::-1]), ";".join(money("a").split(";")[::-1])), 1
    ),
}
BYTES = {
    "old Macs": activities(
        csv(ACTIVITIES, meeting("1", title='"a\rb"'), meeting("2"), end="\r"), 2
    ),
    "CR CR LF": funding(csv(*TWO, end="\r\r\n"), stops=["CR CR LF"]),
    "two kinds of line ends": funding(
        csv(FUNDING, "\r".join([money("a"), money("b")])), stops=["end in different ways"]
    ),
    "a separator of lines in a text": activities(
        csv(ACTIVITIES, meeting("1", title="a\u2028b"), meeting("2", "x")), 1, {3: "not a date"}
    ),
    "UTF-16": funding(csv(*ONE, encoding="utf-16"), stops=["UTF-16"]),
    "UTF-16 without a mark": funding(csv(*ONE, encoding="utf-16-le"), stops=["UTF-16"]),
    "a mark of UTF-8": funding(csv(*ONE, encoding="utf-8-sig"), 1),
    "no line end at the end": funding(csv(*TWO).rstrip(), 2),
    "commas": funding(csv(*(x.replace(",", ".").replace(";", ",") for x in TWO)), stops=["commas"]),
    "quoted commas": funding(
        csv(*(",".join(f'"{v}"' for v in x.split(";")) for x in TWO)), stops=["commas"]
    ),
    "tabs": funding(csv(*(x.replace(";", "\t") for x in TWO)), stops=["tabs"]),
    "a workbook called csv": Case("funding", book({"f": ONE}), stops=["give it the ending .xlsx"]),
    "text called xlsx": Case(
        "funding", csv(*ONE), stops=["give it the ending .csv"], suffix="xlsx"
    ),
    "an older workbook": Case("funding", b"x", stops=["save it as one of them"], suffix="xls"),
    "a sheet of LibreOffice": Case("funding", b"x", stops=["save it as one"], suffix="ods"),
}
IDENTIFIERS = {
    f"the identifier {text!r}": participants(csv(PARTICIPANTS, guest(1, text)), refused={2: says})
    for says, texts in {
        "cut this number": ["5.56036E+09", "9,12346E+15", "####", "1e+11"],
        "names nobody": [
            "-", "n/a", "N.A.", "ingen", "Ukendt", "UKENDT.", "x", "XXX", "?", "00000000", "0",
            "NULL", "ved ikke", "udenlandsk", "-1", "anonym", "Ikke oplyst", "privatperson", "...",
        ],
    }.items()
    for text in texts
} | {
    f"the CVR number {text!r}": participants(
        csv(PARTICIPANTS, guest(1, text, "DK")), refused={2: says}
    )
    for text, says in {
        "00000000": "names nobody",
        "99999999": "names nobody",
        "ukendt": "names nobody",
        "1,23457E+07": "cut this number",
        "DK12345674": "write 12345674",
        "12 34 56 74": "write 12345674",
        "1234567": "exactly eight digits",
    }.items()
} | {
    "identifiers that look odd": participants(
        csv(PARTICIPANTS, guest(1, "1E5"), guest(2, "E12"), guest(3, "1"), guest(4, "Nan Ya AB")), 4
    ),
    "a member's identifier": Case(
        "memberships",
        csv(MEMBERSHIPS, "made;5,5E+09;SE;company;1", "made;ukendt;SE;company;1"),
        refused={2: "cut this number", 3: "names nobody"},
    ),
}  # fmt: skip
UNSEEN = {
    "a mark in an activity's id": activities(
        csv(ACTIVITIES, meeting("2024-1\u200b")), refused={2: "U+200B"}
    ),
    "a mark in an organisation": funding(
        csv(FUNDING, money("a").replace("made", "\u200fmade")), refused={2: "U+200F"}
    ),
}
COUNTRIES = {
    f"the country {text!r}": participants(
        csv(PARTICIPANTS, guest(1, country=text)), refused={2: f"is it {code}?" if code else "ISO"}
    )
    for text, code in {
        "UK": "GB", "EL": "GR", "DA": "DK", "Danmark": "DK", "Tyskland": "DE", "Germany": "DE",
        "DEU": "DE", "SWE": "SE", "Sverige": "SE", "Holland": "NL", "USA": "US", "England": "GB",
        "dk": "DK", "D": "DE", "Norge": "NO", "xx": "", "ZZ": "", "YU": "", "SU": "", "EU": "",
    }.items()
}  # fmt: skip
DATES = {
    f"the day {text!r}": activities(csv(ACTIVITIES, meeting(day=text)), refused={2: says})
    for says, texts in {
        "write 01-03-2024": [
            "1/3/24", "2024.03.01", "1.3.24", "1. marts 2024", "1/3-2024", "d. 1/3 2024",
            "1. mar. 2024", "01-marts-2024", "2024-3-1", "20240301", "45352", "1-3-2024",
            "2024-03-01 00:00:00", "fre 1. marts 2024", "1 March 2024",
        ],
        "calendar has no such day": ["29-02-2023", "2024-13-01", "31-04-2024"],
        "did you mean 13-03-2024": ["03-13-2024"],
        "not a date; write year-month-day": ["uge 12", "primo marts", "2024", "1/3"],
    }.items()
    for text in texts
}  # fmt: skip
AMOUNTS = {
    f"the amount {text!r}": funding(csv(FUNDING, money("a", text)), refused={2: says})
    for text, says in {
        "3 mio.": "write 3000000",
        "2,5 mia. kr.": "write 2500000000",
        "500 t.kr.": "write 500000",
        "(2.750,50)": "write -2750,5",
        "1250000.00": "write 1250000,00",
        "kr. 5.000": "write 5000",
        "5.000 kr.": "write 5000",
        "5.000,-": "write 5000",
        "1 234,50": "write 1234,5",
        "1\xa0234,50": "write 1234,5",
        "−5,00": "write -5",
        "250,00-": "write -250",
        "1'234,50": "write 1234,5",
        "1,234,567.89": "write 1234567,89",
        "25%": "not a number; write digits",
        "ca. 500": "not a number; write digits",
        "1e6": "not a number; write digits",
        "5,56036E+09": "not a number; write digits",
        "1234,567": "too many decimals",
        "=5000": "looks like a formula",
    }.items()
}

CASES = {
    **SHEETS, **CELLS, **ROWS, **BYTES, **IDENTIFIERS, **UNSEEN, **COUNTRIES, **DATES, **AMOUNTS,
}  # fmt: skip


def checked_by(case, folder):
    path = folder / f"{case.dataset}_2024.{case.suffix}"
    path.write_bytes(case.content)
    return check_file(
        path,
        CONTRACTS[case.dataset],
        period="2024",
        organisation_id=None,
        registers=REGISTERS,
        key=SAMPLE_KEY,
    )


@pytest.mark.parametrize("name", CASES)
def test_the_outcome_is_the_right_one(name, tmp_path):
    case = CASES[name]
    if case.stops:
        with pytest.raises(FileRefusedError) as refused:
            checked_by(case, tmp_path)
        assert [text for text in case.stops if text not in str(refused.value)] == []
        assert shown(refused.value.message, Language.da) != str(refused.value)
        return
    checked = checked_by(case, tmp_path)
    assert conserved(checked)
    reasons = {}
    for fault in checked.rejected.to_pylist():
        reasons.setdefault(fault["line"], []).append(fault["reason_en"])
    assert (checked.rows.num_rows, sorted(reasons)) == (case.rows, sorted(case.refused))
    assert checked.refused["lines"] == sorted(case.refused)
    for line, text in case.refused.items():
        assert any(text in reason for reason in reasons[line]), reasons[line]
    notes = [str(note) for note in checked.notes]
    assert all(any(text in note for note in notes) for text in case.notes), notes
    assert len(notes) >= len(case.notes)


def test_days_of_the_1904_system_are_the_right_days(tmp_path):
    days = checked_by(CASES["days counted from 1904"], tmp_path).rows["start_date"].to_pylist()
    assert [str(day) for day in days] == ["2024-03-01"]


def test_one_firm_has_one_pseudonym(tmp_path):
    """The spellings differ in invisible marks, full-width letters, blanks and dashes."""
    spellings = [
        "Ångström AB", "A\u030angstro\u0308m AB", "ÅNGSTRÖM AB", "Ångström\xa0AB",
        "Ångström AB\u200b",
        "Ångström-AB", "Ångström\u2011AB", "Ång\u00adström AB", "\ufeffÅngström AB",
        "Ångström\u200f AB",
        "Ａ\u030angström ＡＢ", "Ångström\u2013AB", "ångström.ab",
    ]  # fmt: skip
    rows = [guest(n, text) for n, text in enumerate(spellings)]
    checked = checked_by(participants(csv(PARTICIPANTS, *rows)), tmp_path)
    assert checked.rows.num_rows == len(spellings)
    assert len(set(checked.rows["participant_id"].to_pylist())) == 1


def test_every_country_of_the_standard_is_accepted(tmp_path):
    codes = sorted(REGISTERS["countries", "country_id"])
    rows = [guest(n, f"id{n}", code) for n, code in enumerate(codes) if code != "DK"]
    checked = checked_by(participants(csv(PARTICIPANTS, *rows)), tmp_path)
    assert (len(codes), checked.rows.num_rows) == (249, 248)


def test_labels_and_names_of_columns_do_not_collide():
    for contract in CONTRACTS.values():
        labels = {c.label_da.casefold(): c.name for c in contract.columns}
        names = {c.name for c in contract.columns}
        assert len(labels) == len(contract.columns)
        assert all(labels.get(name, name) == name for name in names)
