"""Every format gives the same text, with exact record and line numbers."""

import dataclasses
import datetime
import zipfile

import duckdb
import hypothesis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import strategies as st

from klynge.intake.formats import csv_files, reading
from klynge.intake.formats.reading import read_submitted_file
from klynge.intake.formats.text_file import FileRefusedError
from klynge.messages import Language
from tests.intake.door import (
    ACTIVITIES,
    ACTIVITY,
    COMPANY,
    CONTRACTS,
    FOREIGN,
    FUNDING,
    GRANT,
    PARTICIPANTS,
    UNIVERSITY,
    check,
    conserved,
    faults,
    write,
)

NAMES = PARTICIPANTS.split(";")


def read(path):
    return read_submitted_file(path, CONTRACTS[path.stem.partition("_20")[0]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_encodings_and_line_ends(tmp_path, encoding, end):
    path = write(tmp_path, "activities_2021.csv", ACTIVITIES, ACTIVITY, encoding=encoding, end=end)
    checked = check(path)
    assert checked.rows["title"].to_pylist() == ["Temadag om robotter på øen"]
    assert checked.rows["end_date"].to_pylist() == [datetime.date(2021, 3, 1)]


def test_bytes_of_no_encoding_are_refused_with_their_line(tmp_path):
    path = tmp_path / "activities_2021.csv"
    good = f"{ACTIVITIES}\n{ACTIVITY}\n".encode("cp1252")
    path.write_bytes(good + b"made;x\x81;")
    with pytest.raises(FileRefusedError, match=r"line 3: byte 0x81") as caught:
        read(path)
    assert "linje 3" in caught.value.message.text(Language.da)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        ("a;b".encode("utf-16"), "UTF-16"),
        (PARTICIPANTS.replace(";", ",").encode(), "separated by ';'"),
        (PARTICIPANTS.replace("persons", "personer").encode(), "is it persons"),
        (f"{PARTICIPANTS};persons".encode(), "persons occurs 2 times"),
        (PARTICIPANTS.replace(";country", "").encode(), "missing column country"),
    ],
)
def test_refused_as_a_whole(tmp_path, content, message):
    path = tmp_path / "participants_2021.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefusedError, match=message):
        read(path)


def test_unknown_kind_of_file(tmp_path):
    with pytest.raises(FileRefusedError, match=r"\.csv, \.xlsx or \.parquet"):
        read(write(tmp_path, "participants_2021.txt", PARTICIPANTS))


def test_file_above_the_limit(tmp_path, monkeypatch):
    path = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY)
    monkeypatch.setattr(reading, "MAX_FILE_BYTES", path.stat().st_size - 1)
    with pytest.raises(FileRefusedError, match="the limit is"):
        read(path)


def test_columns_in_any_order(tmp_path):
    turned = [";".join(reversed(line.split(";"))) for line in (PARTICIPANTS, COMPANY)]
    straight = check(write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY))
    assert check(write(tmp_path, "participants_2022.csv", *turned)).rows == straight.rows


def test_numbers_after_broken_records_quoted_newlines_and_blank_lines(tmp_path):
    path = write(
        tmp_path,
        "activities_2021.csv",
        ACTIVITIES,  # line 1
        ACTIVITY,
        ACTIVITY.replace("0001", "0002")
        .replace("Temadag", '"Tema\n""dag""')
        .replace("øen", 'øen"'),
        "",  # line 5
        "made;too;few",
        ACTIVITY.replace("0001", "0003").replace("Temadag", '"Temadag'),
        ACTIVITY.replace("0001", "0004").replace("Temadag", "\0"),
        ACTIVITY.replace("0001", "0005").replace("Temadag", 'Tema"dag'),
        ACTIVITY.replace("0001", "0006").replace("Temadag", "x" * 1_000_001),
        ACTIVITY.replace("0001", "0007").replace("2021-03-01", "31-02-2021"),
    )
    checked = check(path)
    assert conserved(checked)
    assert checked.rows["source_row"].to_pylist() == [1, 2]
    assert checked.rows["title"].to_pylist()[1] == 'Tema\n"dag" om robotter på øen'
    assert [line for line, _, _ in faults(checked)] == [6, 7, 8, 9, 10, 11]
    assert checked.rejected["source_row"].to_pylist() == [3, 4, 5, 6, 7, 8]
    assert max(len(value) for _, _, value in faults(checked)) == 1000


def test_lines_where_only_quoted_newlines_are_odd(tmp_path):
    path = write(
        tmp_path,
        "activities_2021.csv",
        ACTIVITIES,
        ACTIVITY.replace("Temadag", '"a\nb\nc').replace("øen", 'øen"'),
        ACTIVITY.replace("2021-0001", ""),
    )
    assert faults(check(path)) == [(5, "activity_id", None)]


def test_a_stray_quote_spoils_one_line(tmp_path):
    path = write(
        tmp_path, "participants_2021.csv", PARTICIPANTS, '"' + COMPANY, FOREIGN, UNIVERSITY
    )
    checked = check(path)
    assert faults(checked) == [(2, "", '"' + COMPANY)]
    assert checked.rows["source_row"].to_pylist() == [2, 3]


def test_rows_keep_their_place_in_a_large_file(tmp_path):
    """The file has more rows than a batch; the columns must still belong to the same record."""
    path = tmp_path / "participants_2021.csv"
    duckdb.sql(
        """
        select 'made' as organisation_id, 'a' || i as activity_id, 'n' || i as participant_id,
            'SE' as country, 'company' as participant_type, null as institution_type,
            'unknown' as size_band, null as legal_form, null as industry_code,
            null as industry_code_version, if(i % 2 = 0, 'ja', 'nej') as startup,
            if(i % 1000 = 7, 0, i % 9000 + 1) as persons
        from range(300000) as n (i) order by i
        """
    ).write_csv(str(path), sep=";")
    checked = check(path)
    rows = checked.rows
    assert checked.rows_rejected == 300
    assert conserved(checked)
    wrong = duckdb.sql(
        """
        select count(*) from rows
        where activity_id <> 'a' || (source_row - 1) or startup <> ((source_row - 1) % 2 = 0)
            or persons <> (source_row - 1) % 9000 + 1
        """
    ).fetchone()
    assert wrong == (0,)
    assert rows["source_row"].to_pylist() == sorted(rows["source_row"].to_pylist())
    assert (
        rows["participant_id"][0]
        == check(
            write(
                tmp_path, "participants_2022.csv", PARTICIPANTS, FOREIGN.replace("SE 556-12", "n0")
            )
        ).rows["participant_id"][0]
    )


def workbook(path, rows, sheet="participants"):
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        book.add_worksheet("Forside" if sheet != "Sheet1" else "x")
        table = book.add_worksheet(sheet)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if isinstance(value, datetime.date):
                    table.write_datetime(r, c, value, day)
                elif isinstance(value, str) and value.startswith("=="):
                    formula, result = value[1:].split("|")
                    table.write_formula(r, c, formula, None, result)
                else:
                    table.write(r, c, value)
    return path


def test_workbook_holds_what_the_csv_holds(tmp_path):
    row = COMPANY.split(";")
    typed = [*row[:2], 12345674, *row[3:11], 2.0]
    book = workbook(tmp_path / "participants_2021.xlsx", [NAMES, [], typed])
    csv = write(tmp_path, "participants_2021.csv", PARTICIPANTS, COMPANY)
    assert without_lines(check(book)) == without_lines(check(csv))


def test_workbook_dates_are_dates_or_their_numbers(tmp_path):
    row = ACTIVITY.split(";")
    rows = [
        [*row[:1], "a1", *row[2:4], datetime.date(2021, 3, 1), 44256, True],
        [*row[:1], datetime.date(2021, 3, 1), *row[2:]],
    ]
    book = workbook(tmp_path / "activities_2021.xlsx", [ACTIVITIES.split(";"), *rows], "activities")
    checked = check(book)
    assert checked.rows["start_date"].to_pylist() == checked.rows["end_date"].to_pylist()
    assert checked.rows["start_date"].to_pylist() == [datetime.date(2021, 3, 1)]
    assert faults(checked) == [(3, "activity_id", "2021-03-01")]
    assert conserved(checked)


def test_workbook_formulas_give_their_value_and_errors_are_rejected(tmp_path):
    row = COMPANY.split(";")
    rows = [[*row[:11], "==1+1|2"], [*row[:11], "==1/0|#DIV/0!"]]
    book = workbook(tmp_path / "participants_2021.xlsx", [NAMES, *rows])
    checked = check(book)
    assert checked.rows["persons"].to_pylist() == [2]
    assert faults(checked) == [(3, "persons", "#DIV/0!")]
    assert conserved(checked)


def test_truncated_workbook(tmp_path):
    path = workbook(tmp_path / "participants_2021.xlsx", [NAMES, COMPANY.split(";")])
    path.write_bytes(path.read_bytes()[:-400])
    with pytest.raises(FileRefusedError, match="not a whole XLSX workbook"):
        read(path)


def test_workbook_that_is_a_bomb(tmp_path):
    path = workbook(tmp_path / "participants_2021.xlsx", [NAMES, COMPANY.split(";")])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/media/image1.png", bytes(50_000_000))
    with pytest.raises(FileRefusedError, match="unpack to"):
        read(path)


@pytest.mark.parametrize("cell", ["XFD2", "A1048576"])
def test_workbook_with_a_far_cell(tmp_path, cell):
    path = workbook(tmp_path / "participants_2021.xlsx", [NAMES, COMPANY.split(";")])
    with zipfile.ZipFile(path) as parts:
        contents = {part: parts.read(part) for part in parts.namelist()}
    sheet = "xl/worksheets/sheet2.xml"
    contents[sheet] = contents[sheet].replace(b'r="A2"', f'r="{cell}"'.encode())
    with zipfile.ZipFile(path, "w") as parts:
        for part, content in contents.items():
            parts.writestr(part, content)
    with pytest.raises(FileRefusedError, match=f"far outside its table.*{cell}"):
        read(path)


def test_parquet_of_text_and_of_types(tmp_path):
    text = write(tmp_path, "funding_2021.csv", *funding("1.234.567,80", "2000"))
    names, *rows = (line.split(";") for line in funding("1234567,8", "2000"))
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    as_text = tmp_path / "funding_2022.parquet"
    pq.write_table(pa.table(columns), as_text)
    columns["amount_kr"] = pa.array([1234567.8, 2000.0])
    columns["in_kind"] = pa.array([False, False])
    columns["validated"] = pa.array([True, True])
    as_types = tmp_path / "funding_2023.parquet"
    pq.write_table(pa.table(columns), as_types)
    expected = without_lines(check(text))
    assert expected.num_rows == 2
    assert without_lines(check(as_text)) == expected
    assert without_lines(check(as_types)) == expected


def without_lines(checked):
    """Return the rows without their line numbers, which depend on the format."""
    return checked.rows.drop_columns(["line"])


def funding(*amounts):
    for number, amount in enumerate(amounts):
        if number == 0:
            yield FUNDING
        yield GRANT.replace("2021-01", f"line{number}").rsplit(";", 1)[0] + f";{amount}"


def test_truncated_parquet(tmp_path):
    path = tmp_path / "participants_2021.parquet"
    pq.write_table(pa.table({n: [v] for n, v in zip(NAMES, COMPANY.split(";"), strict=True)}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FileRefusedError, match="not a whole Parquet file"):
        read(path)


@pytest.mark.parametrize(
    ("value", "rows", "message"),
    [("x", 3_000_000, "cannot all be told apart"), ("x" * 100_000, 5_000, "unpack to")],
)
def test_parquet_that_is_a_bomb(tmp_path, value, rows, message):
    path = tmp_path / "participants_2021.parquet"
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([value]))
    pq.write_table(pa.table(dict.fromkeys(NAMES, column)), path)
    with pytest.raises(FileRefusedError, match=message):
        read(path)


def test_parquet_of_another_type_is_refused(tmp_path):
    path = tmp_path / "participants_2021.parquet"
    pq.write_table(pa.table({n: [[1]] if n == "persons" else ["a"] for n in NAMES}), path)
    with pytest.raises(FileRefusedError, match="column persons is of type list"):
        read(path)


DECISIONS = [c.name for c in CONTRACTS["decisions"].columns[:3]]
#: Fields as they are written in a file. Most of them are valid.
FIELDS = st.one_of(
    st.sampled_from(["", "a", "æ", '""', '"a"', '"a;b"', '"a""b"', '"a\nb"', '"a\r\nb"']),
    st.text('a;"\n\r\0', max_size=4),
)


@hypothesis.given(
    st.lists(st.lists(FIELDS, min_size=3, max_size=3).map(";".join), max_size=5),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@hypothesis.settings(max_examples=400)
def test_the_fast_reading_is_the_exact_one(lines, end, closed):
    """If the fast reader can read a file, it gives the slow reader's records, numbers and lines."""
    columns = CONTRACTS["decisions"].columns[:3]
    contract = dataclasses.replace(CONTRACTS["decisions"], columns=columns)
    text = end.join([";".join(DECISIONS), *lines]) + (end if closed else "")
    fast = csv_files._read_sound(text.encode(), DECISIONS, contract)
    try:
        slow = csv_files._read_record_by_record(text, DECISIONS, contract)
    except FileRefusedError:  # the lines end in different ways
        assert fast is None
        return
    if fast is not None:
        assert slow.broken == []
        assert fast.to_pylist() == slow.rows.to_pylist()
    elif not slow.broken:
        # only these files need the slow reader: files with blank lines, files with lone carriage
        # returns, and files without rows
        blank = [line for line in text.split("\n")[1:] if not line.strip(';\r "')]
        assert blank or "\r" in text.replace("\r\n", "") or not slow.rows.num_rows
