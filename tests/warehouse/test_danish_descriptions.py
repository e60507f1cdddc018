"""Test the Danish texts of the descriptions that readers see."""

import json
import re

import pytest
from babel.messages.pofile import read_po

from klynge import checkout
from orchestration.dbt.danish_descriptions import (
    CATALOGUE,
    describe_in_danish,
    public_parts,
    split_description,
)

#: Matches the name of a table, column or code that has an underscore.
NAME = re.compile(r"\w+_\w+")


@pytest.fixture(scope="module")
def catalogue():
    with (checkout.ROOT / "klynge" / CATALOGUE).open("rb") as file:
        return [entry for entry in read_po(file, locale="da", abort_invalid=True) if entry.id]


def test_every_description_has_a_danish_text_and_every_danish_text_a_description(
    published, catalogue
):
    path = published.build / "parsed" / "manifest.json"
    used = public_parts(json.loads(path.read_text(encoding="utf-8")))
    translated = {entry.id for entry in catalogue if entry.string and not entry.fuzzy}
    assert [part for part in used if part not in translated] == [], "run `make messages`"
    assert translated - set(used) == set(), "run `make messages`"


def test_a_danish_text_has_the_names_of_the_english(catalogue):
    differing = [
        entry.id
        for entry in catalogue
        if set(NAME.findall(entry.id)) != set(NAME.findall(entry.string))
    ]
    assert differing == []


def test_a_danish_text_is_whole_sentences_like_the_english(catalogue):
    for entry in catalogue:
        assert entry.string.endswith("."), entry.id
        assert entry.string == " ".join(entry.string.split()), entry.id
    ids = [entry.id for entry in catalogue]
    assert ids == sorted(ids), "run `make messages`"


MANIFEST = {
    "docs": {
        "year": {"block_contents": "The year."},
        "due": {"block_contents": "The year. It\n  is due."},
        "unused": {"block_contents": "Nobody"},
    }
}
DANISH = {"The year. It is due.": "Året. Det er forfaldent.", "Or (none).": "Eller (intet)."}


@pytest.mark.parametrize(
    ("description", "blocks", "parts"),
    [
        ("One row.\nPer year.", None, ["One row. Per year."]),
        ("The year.", ["year"], ["The year."]),
        (
            "First. The year. It\n  is due. Or (none).",
            ["due", "year"],
            ["First.", "The year. It is due.", "Or (none)."],
        ),
        ("", [], []),
    ],
)
def test_a_docs_block_is_a_part_of_its_own(description, blocks, parts):
    described = {"description": description, "doc_blocks": blocks}
    assert split_description(described, MANIFEST) == parts


def test_parts_are_joined_and_a_missing_part_leaves_no_danish_text():
    described = {"description": "The year. It is due. Or (none).", "doc_blocks": ["due"]}
    danish = describe_in_danish(described, MANIFEST, DANISH)
    assert danish == "Året. Det er forfaldent. Eller (intet)."
    assert describe_in_danish({**described, "description": "New."}, MANIFEST, DANISH) is None


def test_a_public_model_gives_its_parts_once():
    column = {"description": "The year.", "doc_blocks": ["year"]}
    model = {
        "resource_type": "model",
        "description": "A row.",
        "columns": {"a": column, "b": column},
    }
    nodes = {
        "a": {**model, "access": "public"},
        "b": {**model, "access": "protected", "description": "Hidden."},
        "c": {"resource_type": "test"},
    }
    assert public_parts({**MANIFEST, "nodes": nodes}) == ["A row.", "The year."]
