"""Compare the transcription with the printed documents, cell by cell and number by number."""

import dataclasses
import shutil

import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.print.transcription import read_transcriptions
from klynge.print.verification import verify


@pytest.fixture(scope="module")
def transcriptions():
    return read_transcriptions(checkout.SEEDS)


def test_every_cell_stands_at_its_line_and_no_numeral_is_left_out(transcriptions, documents):
    for transcription in transcriptions:
        result = verify(transcription, documents)
        assert result.failures == []
        assert result.numerals["unaccounted"] == 0
        assert result.cells_by_table.total() == len(transcription.cells)


@pytest.fixture
def cover(transcriptions):
    return next(t for t in transcriptions if t.origin.document_id == "programme_cover_2025")


def with_cell(transcription, number, **changes):
    cells = list(transcription.cells)
    cells[number] = {**cells[number], **changes}
    return dataclasses.replace(transcription, cells=tuple(cells))


def test_a_cell_whose_line_does_not_hold_its_text(cover, documents):
    number = next(i for i, c in enumerate(cover.cells) if c["printed_text"] == "662")
    [failure, *_] = verify(with_cell(cover, number, printed_text="663"), documents).failures
    assert f"row {number + 2}" in failure
    assert "does not hold '663'" in failure


def test_a_numeral_that_no_cell_accounts_for(cover, documents):
    shorter = dataclasses.replace(
        cover, cells=tuple(c for c in cover.cells if c["printed_text"] != "7,57")
    )
    [failure] = verify(shorter, documents).failures
    assert "'7,57' is neither in cells.csv nor in passed_over.csv" in failure


def test_a_second_occurrence_that_is_not_there(cover, documents):
    number = next(i for i, c in enumerate(cover.cells) if c["printed_text"] == "662")
    assert verify(with_cell(cover, number, occurrence="2"), documents).failures


def test_a_document_that_was_changed_is_refused(cover, documents, tmp_path):
    copy = tmp_path / cover.origin.file_name
    shutil.copy(documents / cover.origin.file_name, copy)
    copy.chmod(0o644)
    copy.write_bytes(copy.read_bytes().replace(b"662", b"663", 1))
    with pytest.raises(InputError, match="is not the document that was transcribed"):
        verify(cover, tmp_path)


def test_a_document_that_is_not_there(cover, tmp_path):
    with pytest.raises(InputError, match="is missing"):
        verify(cover, tmp_path)
