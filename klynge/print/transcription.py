"""Read and check a document's transcription in ``seeds/documents/<document_id>/``.

``origin.yml`` describes the document. ``cells.csv`` holds its figures and listed labels.
``passed_over.csv`` lists numerals that state no figure (page numbers, footnote marks, dates).
``claims.csv`` holds the statements of the prose about figures. This module checks the files against
each other and against the reference vocabularies. :mod:`klynge.print.verification` compares the
files with the document itself.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from klynge.errors import InputError
from klynge.print.claims import CLAIM_COLUMNS, check_claims
from klynge.print.numbers import NumberError, parse
from klynge.print.origin_card import Origin, Roles, Table, read_origin_card
from klynge.seed_files import read_seed, summarise

CELL_COLUMNS = (
    "cell_id",
    "line",
    "last_line",
    "occurrence",
    "printed_text",
    "table_id",
    "row_label",
    "column_label",
    "indicator_id",
    "breakdown",
    "statistic",
    "organisation_id",
    "area_id",
    "activity_type_id",
    "grant_type_id",
    "criterion_id",
    "funder_id",
    "period_id",
    "unit",
    "qualifier",
    "number_format",
    "placement",
    "repeats_cell_id",
    "note",
)
PASSED_OVER_COLUMNS = ("first_line", "last_line", "printed_text", "occurrence", "reason")
#: Maps a key column of ``cells.csv`` to the reference seed, the key column of the seed, and whether
#: the value may be empty.
REFERENCES = {
    "indicator_id": ("indicators", "indicator_id", False),
    "breakdown": ("breakdowns", "breakdown", False),
    "organisation_id": ("organisations", "organisation_id", True),
    "area_id": ("areas", "area_id", True),
    "activity_type_id": ("activity_types", "activity_type_id", True),
    "grant_type_id": ("grant_types", "grant_type_id", True),
    "criterion_id": ("criteria", "criterion_id", True),
    "funder_id": ("funders", "funder_id", True),
    "unit": ("units", "unit", False),
}
#: Maps a column of ``cells.csv`` to whether its value may be empty. The values are terms of
#: ``vocabularies``.
CLOSED_TERMS = {"statistic": False, "placement": False, "number_format": False, "qualifier": True}

_PERIOD = re.compile(r"(\d{4}(-\d{4})?)?")


@dataclass(frozen=True)
class Transcription:
    """The origin card and the rows of one document. ``files`` has the bytes of each file."""

    origin: Origin
    cells: tuple[dict[str, str], ...]
    passed_over: tuple[dict[str, str], ...]
    claims: tuple[dict[str, str], ...]
    files: dict[str, bytes] = field(repr=False)


def read_transcriptions(seeds: Path) -> list[Transcription]:
    """Read and check every document under ``seeds/documents``, in order of document id.

    Raises :class:`InputError` with file, row and remedy if any document has a mistake.
    """
    folders = sorted(p for p in (seeds / "documents").glob("*") if p.is_dir())
    if not folders:
        raise InputError(f"no documents under {seeds / 'documents'}: nothing to load")
    vocabulary = Vocabulary.read(seeds / "reference")
    transcriptions = [_read_transcription(folder, vocabulary) for folder in folders]
    cells = {t.origin.document_id: t.cells for t in transcriptions}
    for folder, one in zip(folders, transcriptions, strict=True):
        path = folder / "claims.csv"
        check_claims(path, one.claims, one.origin.document_id, one.origin.lines, cells)
    return transcriptions


@dataclass(frozen=True)
class Vocabulary:
    """The allowed values of each column of ``cells.csv``, and the files that list these values."""

    allowed: dict[str, frozenset[str]]
    home: dict[str, str]
    passed_over_reasons: frozenset[str]
    roles: Roles

    @classmethod
    def read(cls, reference: Path) -> "Vocabulary":
        allowed: dict[str, frozenset[str]] = {}
        home: dict[str, str] = {}
        for column, (seed, key, optional) in REFERENCES.items():
            path = reference / f"{seed}.csv"
            rows = read_seed(path)
            if rows and key not in rows[0]:
                raise InputError(f"{path} has no column {key}: add it to the header")
            allowed[column] = frozenset(r[key] for r in rows) | ({""} if optional else set())
            home[column] = f"reference/{seed}.csv"
        closed: dict[str, set[str]] = {}
        for row in read_seed(reference / "vocabularies.csv", ("vocabulary", "term", "meaning")):
            closed.setdefault(row["vocabulary"], set()).add(row["term"])
        for column, optional in CLOSED_TERMS.items():
            allowed[column] = frozenset(closed.get(column, ())) | ({""} if optional else set())
            home[column] = "reference/vocabularies.csv"
        roles = Roles(closed.get("document_role", set()), closed.get("table_role", set()))
        return cls(allowed, home, frozenset(closed.get("passed_over_reason", ())), roles)


def _read_transcription(folder: Path, vocabulary: Vocabulary) -> Transcription:
    origin_path = folder / "origin.yml"
    if not origin_path.is_file():
        near = ", ".join(sorted(p.name for p in folder.iterdir())) or "nothing"
        raise InputError(
            f"{folder} has no origin card: expected a file origin.yml, found {near}; "
            "write the card, or correct its name"
        )
    origin = read_origin_card(origin_path, folder.name, vocabulary.roles)
    cells_path, passed_path = folder / "cells.csv", folder / "passed_over.csv"
    cells = read_seed(cells_path, CELL_COLUMNS)
    passed_over = read_seed(passed_path, PASSED_OVER_COLUMNS)
    claims_path = folder / "claims.csv"
    claims = read_seed(claims_path, CLAIM_COLUMNS)
    problems = [*_cell_problems(cells, origin, vocabulary), *_headline_problems(cells, origin)]
    if problems:
        raise InputError(summarise(cells_path, problems))
    problems = [*_passed_over_problems(passed_over, origin, vocabulary)]
    if problems:
        raise InputError(summarise(passed_path, problems))
    paths = (origin_path, cells_path, passed_path, claims_path)
    files = {p.name: p.read_bytes() for p in paths}
    return Transcription(origin, tuple(cells), tuple(passed_over), tuple(claims), files)


def _cell_problems(
    cells: list[dict[str, str]], origin: Origin, vocabulary: Vocabulary
) -> Iterable[str]:
    tables = {t.table_id: t for t in origin.tables}
    ids = Counter(cell["cell_id"] for cell in cells)
    places = Counter(_place(cell) for cell in cells)
    by_id = {cell["cell_id"]: cell for cell in cells}
    for number, cell in enumerate(cells, start=2):
        at = f"row {number} (cell {cell['cell_id'] or '?'}, line {cell['line']})"
        problems = (
            *_identity_problems(cell, ids, places),
            *_place_problems(cell, origin),
            *_table_problems(cell, tables.get(cell["table_id"])),
            *_key_problems(cell, vocabulary),
            *_value_problems(cell),
            *_repeat_problems(cell, by_id),
        )
        yield from (f"{at}: {problem}" for problem in problems)


def _headline_problems(cells: list[dict[str, str]], origin: Origin) -> Iterable[str]:
    headline = origin.headline_cell_id
    if headline is not None and headline not in {cell["cell_id"] for cell in cells}:
        yield f"no cell {headline!r}, which origin.yml names as headline_cell_id"


def _place(cell: dict[str, str]) -> tuple[str, str, str]:
    return cell["line"], cell["printed_text"], cell["occurrence"]


def _identity_problems(
    cell: dict[str, str], ids: Counter[str], places: Counter[tuple[str, str, str]]
) -> Iterable[str]:
    if not cell["cell_id"]:
        yield "cell_id is empty"
    elif ids[cell["cell_id"]] > 1:
        yield "another row has this cell_id; give each row its own"
    if places[_place(cell)] > 1:
        yield "another row has the same text at the same place; correct occurrence"


def _table_problems(cell: dict[str, str], table: Table | None) -> Iterable[str]:
    if table is None:
        yield f"unknown table {cell['table_id']!r}; declare it in origin.yml"
    elif _is_whole(cell["line"]) and not table.first_line <= int(cell["line"]) <= table.last_line:
        yield f"table {table.table_id} covers lines {table.first_line}-{table.last_line} only"


def _key_problems(cell: dict[str, str], vocabulary: Vocabulary) -> Iterable[str]:
    for column, allowed in vocabulary.allowed.items():
        if cell[column] not in allowed:
            near = difflib.get_close_matches(cell[column], allowed, n=1)
            hint = f"did you mean {near[0]!r}? else " if near else ""
            yield f"unknown {column} {cell[column]!r}; {hint}add it to {vocabulary.home[column]}"
    if not _PERIOD.fullmatch(cell["period_id"]):
        yield f"period_id {cell['period_id']!r} must be a year or two, such as 2018 or 2017-2018"


def _repeat_problems(cell: dict[str, str], by_id: dict[str, dict[str, str]]) -> Iterable[str]:
    """Find the problems of a cell that repeats another cell. Both cells must have the same keys."""
    if not cell["repeats_cell_id"]:
        return
    first = by_id.get(cell["repeats_cell_id"])
    if first is None:
        yield f"repeats_cell_id {cell['repeats_cell_id']!r} is not a cell"
        return
    differing = [c for c in (*REFERENCES, "statistic", "period_id") if cell[c] != first[c]]
    if differing:
        yield f"differs from the cell it repeats in {', '.join(differing)}"


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _place_problems(cell: dict[str, str], origin: Origin) -> Iterable[str]:
    if not (_is_whole(cell["line"]) and 1 <= int(cell["line"]) <= origin.lines):
        yield f"line {cell['line']!r} must be a whole number from 1 to {origin.lines}"
    elif cell["last_line"] and not (
        _is_whole(cell["last_line"]) and int(cell["line"]) < int(cell["last_line"]) <= origin.lines
    ):
        yield f"last_line {cell['last_line']!r} must be a line after {cell['line']}, or empty"
    if not (_is_whole(cell["occurrence"]) and int(cell["occurrence"]) >= 1):
        yield f"occurrence {cell['occurrence']!r} must be 1 or more"
    if not cell["printed_text"].strip():
        yield "printed_text is empty"


def _value_problems(cell: dict[str, str]) -> Iterable[str]:
    try:
        parse(cell["printed_text"], cell["number_format"])
    except NumberError as error:
        yield f"{error}; correct printed_text or number_format"


def _passed_over_problems(
    rows: list[dict[str, str]], origin: Origin, vocabulary: Vocabulary
) -> Iterable[str]:
    for number, row in enumerate(rows, start=2):
        lines = (row["first_line"], row["last_line"])
        if not all(map(_is_whole, lines)) or not (
            1 <= int(lines[0]) <= int(lines[1]) <= origin.lines
        ):
            yield f"row {number}: lines {lines[0]!r}-{lines[1]!r} must lie within 1-{origin.lines}"
        if bool(row["printed_text"]) != _is_whole(row["occurrence"]):
            yield f"row {number}: give both printed_text and occurrence, or neither"
        if row["printed_text"] and lines[0] != lines[1]:
            yield f"row {number}: a single numeral must be on one line"
        if row["reason"] not in vocabulary.passed_over_reasons:
            yield f"row {number}: unknown reason {row['reason']!r}; see reference/vocabularies.csv"
