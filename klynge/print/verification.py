"""Verify a transcription. Every cell must be at its line, and no numeral may be left out."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from klynge.errors import InputError
from klynge.print.numbers import NUMERAL_WORDS, token_spans
from klynge.print.transcription import Transcription
from klynge.seed_files import summarise

#: A numeral in running text: digits with separators between them.
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(NUMERAL_WORDS)})(?!\w)", re.IGNORECASE)
#: A year alone in running text is a date and not a quantity. No file needs a row for it.
_CALENDAR_YEAR = re.compile(r"(19|20)\d\d")

Span = tuple[int, int, int]


@dataclass
class Verification:
    """The result of comparing a transcription with its document."""

    document_id: str
    file_name: str
    cells_by_table: Counter[str] = field(default_factory=Counter)
    numerals: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


def read_lines(transcription: Transcription, documents: Path) -> list[str]:
    """The lines of a document.

    Raises :class:`InputError` if the file is missing, or is not the file that was transcribed.
    """
    origin = transcription.origin
    path = documents / origin.file_name
    if not path.is_file():
        raise InputError(
            f"{path} is missing: the origin card of {origin.document_id} names it; "
            "check --documents"
        )
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != origin.sha256:
        raise InputError(
            f"{path} is not the document that was transcribed: its SHA-256 is {digest}, the origin "
            f"card of {origin.document_id} says {origin.sha256}; put the original file back"
        )
    lines = data.decode("utf-8").split("\n")
    counted = len(lines) - (lines[-1] == "")
    if counted != origin.lines:
        raise InputError(
            f"{path} has {counted} lines, the origin card of {origin.document_id} says "
            f"{origin.lines}; correct the card"
        )
    return lines


def verify(transcription: Transcription, documents: Path) -> Verification:
    """Compare a transcription with its document, cell by cell and numeral by numeral.

    A cell fails if its line does not contain its text. A numeral fails if neither a cell nor a row
    of ``passed_over.csv`` covers it. This function does not check the values of cells. They are
    checked when the transcription is read.
    """
    lines = read_lines(transcription, documents)
    result = Verification(transcription.origin.document_id, transcription.origin.file_name)
    covered: set[Span] = set()
    for number, cell in enumerate(transcription.cells, start=2):
        result.cells_by_table[cell["table_id"]] += 1
        spans = _cell_spans(cell, lines)
        if spans:
            covered.update(spans)
        else:
            result.failures.append(
                f"cells.csv, row {number}: line {cell['line']} does not hold "
                f"{cell['printed_text']!r} (occurrence {cell['occurrence']}); it reads "
                f"{lines[int(cell['line']) - 1].strip()[:60]!r}"
            )
    passed = _passed_over_spans(transcription, lines, result)
    for number, start, end in _numeral_spans(lines):
        text = lines[number - 1][start:end]
        if _within((number, start, end), covered):
            result.numerals["transcribed"] += 1
        elif reason := passed.get((number, start, end)):
            result.numerals[reason] += 1
        elif _CALENDAR_YEAR.fullmatch(text):
            result.numerals["calendar_year"] += 1
        else:
            result.numerals["unaccounted"] += 1
            result.failures.append(
                f"line {number}: {text!r} is neither in cells.csv nor in passed_over.csv; "
                "transcribe it, or pass it over with a reason"
            )
    return result


def _within(span: Span, covered: set[Span]) -> bool:
    line, start, end = span
    return any(s[0] == line and s[1] <= start and end <= s[2] for s in covered)


def _cell_spans(cell: dict[str, str], lines: list[str]) -> list[Span]:
    """Return the spans of a cell's text in its lines; none if the lines do not contain it."""
    first, text = int(cell["line"]), cell["printed_text"]
    last = int(cell["last_line"] or first)
    if first == last:
        spans = token_spans(lines[first - 1], text)
        nth = int(cell["occurrence"]) - 1
        return [(first, *spans[nth])] if nth < len(spans) else []
    return _run_over_lines(first, last, text, lines)


def _run_over_lines(first: int, last: int, text: str, lines: list[str]) -> list[Span]:
    """Return the span of each word of a text that runs over several lines.

    Every line must contain at least one of the words, and the words must be in order. Two kinds of
    lines may have no word: empty lines, and lines with only a hyphen. The text layer of a PDF puts
    some hyphens on separate lines. The result is empty if the lines do not contain the text.
    """
    spans: list[Span] = []
    words = text.split()
    for number in range(first, last + 1):
        line = lines[number - 1]
        on_line = _consecutive_words(words, line)
        if not on_line and line.strip() not in ("", "-"):
            return []
        words = words[len(on_line) :]
        spans += [(number, start, end) for start, end in on_line]
    return [] if words else spans


def _consecutive_words(words: list[str], line: str) -> list[tuple[int, int]]:
    """Find ``words`` in a line, from the first word on, and return their spans.

    The search stops at a word that does not directly follow the word before it.
    """
    spans: list[tuple[int, int]] = []
    end = 0
    for word in words:
        start = next((s for s, _ in token_spans(line, word) if s >= end), None)
        if start is None or (spans and line[end:start].strip()):
            break
        end = start + len(word)
        spans.append((start, end))
    return spans


def _passed_over_spans(
    transcription: Transcription, lines: list[str], result: Verification
) -> dict[Span, str]:
    passed: dict[Span, str] = {}
    numerals = _numeral_spans(lines)
    for number, row in enumerate(transcription.passed_over, start=2):
        first, last = int(row["first_line"]), int(row["last_line"])
        if not row["printed_text"]:
            passed.update({s: row["reason"] for s in numerals if first <= s[0] <= last})
            continue
        found = [
            s
            for s in numerals
            if s[0] == first and lines[first - 1][s[1] : s[2]] == row["printed_text"]
        ]
        nth = int(row["occurrence"]) - 1
        if nth < len(found):
            passed[found[nth]] = row["reason"]
        else:
            result.failures.append(
                f"passed_over.csv, row {number}: line {first} does not hold the numeral "
                f"{row['printed_text']!r} (occurrence {row['occurrence']})"
            )
    return passed


def _numeral_spans(lines: list[str]) -> list[Span]:
    return [
        (number, *match.span())
        for number, line in enumerate(lines, start=1)
        for pattern in (_DIGITS, _WORDS)
        for match in pattern.finditer(line)
    ]


def failure_message(result: Verification) -> str:
    """Make one message with the first failures of a document and the number of other failures."""
    return summarise(Path(result.file_name), result.failures)
