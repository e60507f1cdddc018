"""No mutated file crashes the door, loses a record or takes a gigabyte of memory.

``KLYNGE_TEST_MUTATIONS`` is the number of files. Each file has its own seed, so that a failure can
be repeated.
"""

import io
import os
import random
import re
import resource
import tempfile
import traceback
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from klynge.intake.formats.text_file import FileRefusedError
from klynge.messages import Language
from tests.intake.door import (
    ACTIVITIES,
    ACTIVITY,
    COMPANY,
    FOREIGN,
    FUNDING,
    GRANT,
    PARTICIPANTS,
    UNIVERSITY,
    check,
    conserved,
)

MUTATIONS = int(os.environ.get("KLYNGE_TEST_MUTATIONS", "300"))
CHUNK = 50
GIGABYTES = 1.0

FILES = {
    "participants": (PARTICIPANTS, [COMPANY, FOREIGN, UNIVERSITY]),
    "funding": (FUNDING, [GRANT]),
    "activities": (ACTIVITIES, [ACTIVITY]),
}
VALUES = [
    "", " ", "NULL", "N/A", "-", "=1+1", "=cmd|' /C calc'!A0", "@x", "+x", "-2+3", "31-02-2023",
    "2023-02-31", "1.234,5", "1234.5", "1,234.5", "0.123", "-0", "1e999", "nan", "9" * 40, "æøå€",
    "\u202etxt", "\0", "\ufeff", '"', '""', "a\nb", "a\rb", "ja", "Nej", "'", "\\", "{}", "%s",
    "${period}", "'; drop table given; --", "x" * 2000, "DK", "12345674", "../../etc/passwd", "💾",
    "\x85", "\u2028", "\t", "made", "1", "2021-03-01",
]  # fmt: skip


def valid_lines(rng):
    dataset = rng.choice(list(FILES))
    header, rows = FILES[dataset]
    numbers = range(rng.randint(0, 40))
    return dataset, [
        header,
        *(rng.choice(rows).replace("2021-0", f"2021-{number}", 1) for number in numbers),
    ]


def any_place(rng, lines):
    """Choose a line at random.

    The header is rarely chosen: if it is changed, no row is checked.
    """
    return rng.randrange(0 if rng.random() < 0.1 or len(lines) == 1 else 1, len(lines))


def another_value(rng, lines):
    place = any_place(rng, lines)
    fields = lines[place].split(";")
    fields[rng.randrange(len(fields))] = rng.choice(VALUES)
    lines[place] = ";".join(fields)


def quoted_value(rng, lines):
    place = any_place(rng, lines)
    fields = lines[place].split(";")
    field = rng.randrange(len(fields))
    inner = rng.choice([fields[field], 'a"b', 'a""b', "a;b", "a\nb", "a\r\nb", ""])
    fields[field] = rng.choice(['"{}"', '"{}', '{}"', ' "{}"', '"{}" ']).format(inner)
    lines[place] = ";".join(fields)


def another_shape(rng, lines):
    place = any_place(rng, lines)
    fields = lines[place].split(";")
    change = rng.randrange(5)
    if change == 0:
        fields.pop()
    elif change == 1:
        fields.append(rng.choice(VALUES))
    elif change == 2:
        fields.insert(0, fields[-1])
    elif change == 3:
        fields = [",".join(fields)]
    else:
        rng.shuffle(fields)
    lines[place] = ";".join(fields)


def another_line(rng, lines):
    place = rng.randrange(len(lines) + 1)
    lines.insert(place, rng.choice(["", " ", ";;;", "\r", *lines, '"', "\0", "x" * 100]))


def fewer_lines(rng, lines):
    del lines[any_place(rng, lines)]
    lines or lines.append("")


def huge_field(rng, lines):
    place = any_place(rng, lines)
    lines[place] += rng.choice(["x", '"', ";", "é"]) * rng.choice([70_000, 1_000_001, 3_000_000])


LINE_MUTATIONS = [
    *[another_value] * 6, *[quoted_value] * 4, *[another_shape] * 3, another_line, fewer_lines,
]  # fmt: skip


def damaged(rng, data):
    """Cut off, replace, insert, remove or repeat some bytes of the content."""
    change, place = rng.randrange(5), rng.randrange(len(data) + 1)
    length = rng.choice([1, 2, 10, 100])
    if change == 0:
        return data[:place]
    if change == 1:
        return data[:place] + rng.randbytes(length) + data[place + length :]
    if change == 2:
        return data[:place] + rng.randbytes(length) + data[place:]
    if change == 3:
        return data[:place] + data[place + length :]
    return data + data[place:]


def mutated_csv(rng, folder):
    dataset, lines = valid_lines(rng)
    for _ in range(rng.randint(1, 4)):
        rng.choice(LINE_MUTATIONS)(rng, lines)
    if rng.random() < 0.03:
        huge_field(rng, lines)
    text = rng.choice([*["\n"] * 5, *["\r\n"] * 3, "\r"]).join(lines) + rng.choice(
        ["", "\n", "\n\n"]
    )
    encoding = rng.choice([*["utf-8", "utf-8-sig", "cp1252"] * 4, "utf-16", "latin-1"])
    data = text.encode(encoding, errors="replace")
    if rng.random() < 0.2:
        data = damaged(rng, data)
    path = folder / f"{dataset}_2021.csv"
    path.write_bytes(data)
    return path


def mutated_xlsx(rng, folder):
    dataset, lines = valid_lines(rng)
    for _ in range(rng.randint(0, 2)):
        rng.choice(LINE_MUTATIONS)(rng, lines)
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(rng.choice([dataset, "Ark1"]))
        for r, line in enumerate(lines):
            for c, value in enumerate(line.split(";")[:200]):
                kind = rng.randrange(12)
                if kind == 0:
                    sheet.write_formula(r, c, "=1/0", None, rng.choice(["#DIV/0!", 7, "made"]))
                elif kind == 1:
                    sheet.write_number(r, c, rng.choice([0, 1.5, 44256, 1e300, -7]))
                else:
                    sheet.write_string(r, c, value[:32_000])
    data = rng.choice([content.getvalue, lambda: damaged(rng, content.getvalue()),
                       lambda: other_parts(rng, content.getvalue())])()  # fmt: skip
    path = folder / f"{dataset}_2021.xlsx"
    path.write_bytes(data)
    return path


def other_parts(rng, data):
    """Damage, remove, enlarge, rename or rewrite one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        contents = {name: parts.read(name) for name in parts.namelist()}
    name = rng.choice(list(contents))
    sheet = "xl/worksheets/sheet1.xml"
    change = rng.randrange(6)
    if change == 0:
        contents[name] = damaged(rng, contents[name])
    elif change == 1:
        del contents[name]
    elif change == 2:
        contents[name] += bytes(rng.choice([1_000_000, 60_000_000]))
    elif change == 3:
        contents["../../" + name] = contents[name]
    elif change == 4:
        far = rng.choice([b"XFD1048576", b"A1048576", b"AA1", b"a9", b"A99999999999", b"1", b""])
        contents[sheet] = contents[sheet].replace(b'r="A1"', b'r="%s"' % far)
    else:
        contents[sheet] = damaged(rng, contents[sheet])
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as parts:
        for part, content in contents.items():
            parts.writestr(part, content)
    return written.getvalue()


def mutated_parquet(rng, folder):
    dataset, lines = valid_lines(rng)
    names = lines[0].split(";")
    columns = [list(c) for c in zip(*(line.split(";") for line in lines[1:]), strict=True)]
    arrays = dict(zip(names, columns or [[]] * len(names), strict=True))
    name = rng.choice(names)
    rows = len(lines) - 1
    change = rng.randrange(6)
    if change == 0:
        del arrays[name]
    elif change == 1:
        arrays[name] = [rng.choice(VALUES) for _ in range(rows)]
    elif change == 2:
        arrays[name] = [rng.choice([1.5, float("nan"), 1e300, 7.0]) for _ in range(rows)]
    elif change == 3:
        arrays[name] = [[1]] * rows
    elif change == 4:
        text = pa.array(["x" * rng.choice([1, 1_100_000])])
        indices = pa.array([0] * rng.choice([rows, 2_000_000]), pa.int32())
        arrays = dict.fromkeys(names, pa.DictionaryArray.from_arrays(indices, text))
    else:
        arrays[name] = pa.array([b"\xff\xfe"] * rows, pa.binary()).view(pa.string())
    content = io.BytesIO()
    pq.write_table(pa.table(arrays), content)
    data = content.getvalue()
    path = folder / f"{dataset}_2021.parquet"
    path.write_bytes(damaged(rng, data) if rng.random() < 0.4 else data)
    return path


MAKERS = [*[mutated_csv] * 6, mutated_xlsx, mutated_xlsx, mutated_parquet]


def problem_with(path):
    """Return the problem of the door with a file, and whether the file was refused.

    The problem is an empty text if there is none.
    """
    try:
        checked = check(path, organisation_id="made")
    except FileRefusedError as refusal:
        said = path.name in str(refusal) and path.name in refusal.message.text(Language.da)
        return "" if said else f"refused without its name: {refusal}", True
    if not conserved(checked):
        return "records are lost", False
    for row in checked.rejected.to_pylist():
        if not row["reason_en"] or not row["reason_da"] or row["line"] < 1:
            return f"no reason or line: {row}", False
        if len(row["value"] or "") > 1000:
            return "a value is not cut", False
    return lines_differ(path, checked), False


def lines_differ(path, checked):
    """Return how the checked rows differ from the lines of the file, or an empty text.

    Only CSV files without quotes and carriage returns are compared.
    """
    data = path.read_bytes()
    if path.suffix != ".csv" or b'"' in data or b"\r" in data:
        return ""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    header, *lines = text.split("\n")
    records = [(number, line) for number, line in enumerate(lines, start=2) if line]
    if len(records) != checked.rows_read:
        return f"{checked.rows_read} records of {len(records)}"
    key = header.split(";").index("organisation_id")
    for source_row, organisation in zip(
        *(checked.rows[c].to_pylist() for c in ("source_row", "organisation_id")), strict=True
    ):
        if records[source_row - 1][1].split(";")[key] != organisation:
            return f"row {source_row} is another record"
    for row in checked.rejected.to_pylist():
        if records[row["source_row"] - 1][0] != row["line"]:
            return f"row {row['source_row']} is not in line {row['line']}"
    return ""


def fuzz(seeds):
    """Return the problems with files, the number of refused files, and the peak memory in GB."""
    problems, refused = [], 0
    for seed in seeds:
        rng = random.Random(seed)  # noqa: S311
        with tempfile.TemporaryDirectory() as folder:
            path = rng.choice(MAKERS)(rng, Path(folder))
            try:
                problem, was_refused = problem_with(path)
            # a panic of a library is not an Exception, but counts as a problem too
            except BaseException:  # noqa: BLE001
                problem, was_refused = traceback.format_exc(), False
        refused += was_refused
        if problem:
            problems.append(f"seed {seed}, {path.name}: {problem}")
    return problems, refused, peak_gigabytes()


def peak_gigabytes():
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e9
    # on Linux, getrusage also counts the memory that the parent process had when it started this
    # process
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii"))[1]) / 1e6


def test_mutated_files():
    chunks = [range(n, min(n + CHUNK, MUTATIONS)) for n in range(0, MUTATIONS, CHUNK)]
    problems, refused, peak = [], 0, 0.0
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        for found, refusals, gigabytes in pool.map(fuzz, chunks):
            problems += found
            refused += refusals
            peak = max(peak, gigabytes)
    assert problems == []
    # the mutations are neither too harsh nor too mild: some files are accepted, some are refused
    assert MUTATIONS * 0.1 < refused < MUTATIONS * 0.9
    assert peak < GIGABYTES
