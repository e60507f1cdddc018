"""Bad input gives one clear message with file, row and remedy, and nothing is written."""

import csv
import shutil

import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.print.claims import CLAIM_COLUMNS
from klynge.print.documents import land_documents
from klynge.print.transcription import read_transcriptions

DOCUMENT = "cooperation_model_2019"


@pytest.fixture
def seeds(tmp_path):
    """Copy the reference seeds and one small document, so that tests can plant faults."""
    shutil.copytree(checkout.SEEDS / "reference", tmp_path / "reference")
    shutil.copytree(checkout.SEEDS / "documents" / DOCUMENT, tmp_path / "documents" / DOCUMENT)
    # the claims of this document need figures of documents that are not copied
    (tmp_path / "documents" / DOCUMENT / "claims.csv").write_text(",".join(CLAIM_COLUMNS) + "\n")
    return tmp_path


def folder(seeds):
    return seeds / "documents" / DOCUMENT


def spoil(path, row, column, value):
    """Change one cell of a CSV file; row 1 is the header, as in an editor."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 2][column] = value
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def refusal(seeds, home) -> str:
    """Return the message of the refusal; assert that nothing was written."""
    with pytest.raises(InputError) as refused:
        land_documents(home, seeds)
    assert list(home.raw.iterdir()) == []
    assert list(home.archive.iterdir()) == []
    return str(refused.value)


def test_clean_seeds_are_read(seeds):
    [transcription] = read_transcriptions(seeds)
    assert transcription.origin.document_id == DOCUMENT
    assert len(transcription.cells) >= 14


def test_a_missing_origin_card(seeds, home):
    (folder(seeds) / "origin.yml").rename(folder(seeds) / "orgin.yml")
    message = refusal(seeds, home)
    assert "no origin card" in message
    assert "orgin.yml" in message


def test_a_misspelt_field_of_the_card(seeds, home):
    card = folder(seeds) / "origin.yml"
    card.write_text(card.read_text(encoding="utf-8").replace("publisher:", "publsher:"), "utf-8")
    message = refusal(seeds, home)
    assert "origin.yml" in message
    assert "publisher is missing" in message
    assert "publsher is unknown: correct its spelling" in message


def test_a_card_of_another_document(seeds, home):
    card = folder(seeds) / "origin.yml"
    card.write_text(card.read_text(encoding="utf-8").replace(DOCUMENT, "another"), "utf-8")
    assert "must be the folder's name" in refusal(seeds, home)


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("table_id", "tabel_9", "unknown table 'tabel_9'; declare it in origin.yml"),
        ("organisation_id", "energi_cluster", "unknown organisation_id 'energi_cluster'"),
        ("indicator_id", "deltagere", "reference/indicators.csv"),
        ("breakdown", "totl", "did you mean 'total'?"),
        ("unit", "mio", "unknown unit 'mio'"),
        ("placement", "guessed", "unknown placement 'guessed'"),
        ("line", "9999", "must be a whole number from 1 to 254"),
        ("line", "x", "must be a whole number"),
        ("occurrence", "0", "occurrence '0' must be 1 or more"),
        ("printed_text", "", "printed_text is empty"),
        ("period_id", "21-22", "period_id '21-22' must be a year or two"),
        ("repeats_cell_id", "nowhere", "repeats_cell_id 'nowhere' is not a cell"),
        ("last_line", "1", "last_line '1' must be a line after"),
    ],
)
def test_a_cell_that_says_what_cannot_be(seeds, home, column, value, says):
    spoil(folder(seeds) / "cells.csv", 3, column, value)
    message = refusal(seeds, home)
    assert "cells.csv" in message
    assert "row 3" in message
    assert says in message


def test_a_number_that_does_not_parse(seeds, home):
    cells = folder(seeds) / "cells.csv"
    spoil(cells, 3, "printed_text", "8O")
    spoil(cells, 3, "number_format", "danish")
    message = refusal(seeds, home)
    assert "'8O' is not a number of format danish" in message
    assert "correct printed_text or number_format" in message


def test_the_same_cell_twice(seeds, home):
    cells = folder(seeds) / "cells.csv"
    lines = cells.read_text(encoding="utf-8").splitlines()
    cells.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    message = refusal(seeds, home)
    assert "another row has this cell_id" in message
    assert "another row has the same text at the same place" in message


def test_another_encoding(seeds, home):
    cells = folder(seeds) / "cells.csv"
    cells.write_bytes(
        cells.read_text(encoding="utf-8").replace("note\n", "nøte\n").encode("cp1252")
    )
    message = refusal(seeds, home)
    assert "is not UTF-8" in message
    assert "line 1" in message
    assert "save it again as UTF-8" in message


def test_a_byte_order_mark_does_no_harm(seeds):
    cells = folder(seeds) / "cells.csv"
    cells.write_bytes(b"\xef\xbb\xbf" + cells.read_bytes())
    assert read_transcriptions(seeds)


def test_a_header_without_a_column(seeds, home):
    cells = folder(seeds) / "cells.csv"
    cells.write_text(
        cells.read_text(encoding="utf-8").replace("printed_text", "printet_text", 1), "utf-8"
    )
    message = refusal(seeds, home)
    assert "missing ['printed_text']" in message
    assert "unknown ['printet_text']" in message


def test_a_row_with_a_comma_too_many(seeds, home):
    cells = folder(seeds) / "cells.csv"
    cells.write_text(cells.read_text(encoding="utf-8").rstrip("\n") + ",\n", "utf-8")
    assert "check the commas and the quotes of this row" in refusal(seeds, home)


def test_no_documents_at_all(seeds, home):
    shutil.rmtree(seeds / "documents")
    assert "no documents under" in refusal(seeds, home)


def test_one_bad_document_keeps_all_from_landing(seeds, home):
    good = "programme_cover_2025"
    shutil.copytree(checkout.SEEDS / "documents" / good, seeds / "documents" / good)
    spoil(folder(seeds) / "cells.csv", 3, "unit", "mio")
    assert DOCUMENT in refusal(seeds, home)


def test_an_unknown_role_of_a_document_or_a_table(seeds, home):
    card = folder(seeds) / "origin.yml"
    text = card.read_text(encoding="utf-8")
    role = next(line for line in text.splitlines() if line.startswith("role: "))
    text = text.replace(role, "role: performnce_account", 1)
    card.write_text(text.replace("    kind: list", "    role: fundig\n    kind: list", 1), "utf-8")
    message = refusal(seeds, home)
    assert "unknown role 'performnce_account'" in message
    assert "performance_account" in message
    assert "unknown table role 'fundig'" in message


def test_a_headline_that_is_no_cell(seeds, home):
    card = folder(seeds) / "origin.yml"
    text = card.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("headline_cell_id:")]
    card.write_text("\n".join([*lines, "headline_cell_id: no.such.cell", ""]), encoding="utf-8")
    message = refusal(seeds, home)
    assert "cells.csv" in message
    assert "no cell 'no.such.cell', which origin.yml names as headline_cell_id" in message
