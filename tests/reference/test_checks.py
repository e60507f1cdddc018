"""A mistake in the reference seeds is named with file, row and remedy before a build."""

import shutil

import pytest

from klynge import checkout
from klynge.errors import InputError
from klynge.print.documents import land_documents
from klynge.reference.seeds import shipped_reference


@pytest.fixture
def seeds(tmp_path):
    shutil.copytree(checkout.SEEDS, tmp_path / "seeds")
    return tmp_path / "seeds"


@pytest.mark.parametrize(
    ("seed", "old", "new", "says"),
    [
        ("organisation_aliases", "\nclean,", "\nclaen,", "unknown organisation_id 'claen'"),
        ("calls", ",662000000,", ",66x,", "total_amount_kr '66x' is not a number"),
        ("funder_terms", ",dfir_2024,", ",dfir_2042,", "unknown document_id 'dfir_2042'"),
        ("sum_families", "total,eu\n", "total,ue\n", "unknown part 'ue'"),
        ("part_families", "\nwithin_total,", "\nwithin_all,", "unknown rule_id 'within_all'"),
        ("part_families", ",supported_", ",helped_", "unknown whole_indicator_id 'helped_"),
        ("list_counts", ",certificate_holder,", ",holder,", "unknown list_indicator_id 'holder'"),
        ("findings", " dfir_2024#t7.made.other", " dfir_2024#t7.maed.other", "'dfir_2024#t7.maed"),
        ("vocabularies", "vocabulary,term", "vocabularies,term", "missing ['vocabulary']"),
        ("units", "unit,", "unt,", "has no column unit"),
        ("requirements", ",formal,", ",formal,,", "columns expected"),
        ("call_parameters", ",score_decimals,", ",score_digits,", "parameter 'score_digits'; give"),
        ("call_parameters", ",score_decimals,", ",score_digits,", "2028 has no score_dec"),
        ("call_parameters", ",all_fall,", ",both_fall,", "'both_fall' is not understood; give one"),
        (
            "call_parameters",
            "draws,100000,",
            "draws,many,",
            "draws 'many' is not a number",
        ),
        ("allocation_scenarios", ",proportional,", ",prorata,", "rule 'prorata' is not understood"),
        ("allocation_scenarios", ",true,", ",false,", "has 0 rows where is_call_rule is true"),
    ],
)
def test_a_mistake_is_named_with_its_row(seeds, home, seed, old, new, says):
    path = seeds / "reference" / f"{seed}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        land_documents(home, seeds)
    assert f"{seed}.csv" in str(refused.value)
    assert says in str(refused.value)


def test_another_encoding(seeds, home):
    path = seeds / "reference" / "area_designations.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("cp1252"))
    with pytest.raises(InputError, match=r"area_designations\.csv, line 2: byte 0xf8 is not UTF-8"):
        land_documents(home, seeds)


def test_a_seed_that_is_missing(seeds, home):
    (seeds / "reference" / "funders.csv").unlink()
    with pytest.raises(InputError, match=r"funders\.csv is missing"):
        land_documents(home, seeds)


@pytest.mark.parametrize(
    ("seed", "number"),
    [
        ("calls", "total_amount_kr"),
        ("call_grant_types", "pot_kr"),
        ("criterion_weights", "weight_percent_printed"),
        ("requirements", "value"),
        ("grant_periods", "amount_kr"),
        ("funder_terms", "value"),
    ],
)
def test_a_shipped_number_of_a_call_names_the_line_that_prints_it(seed, number):
    """The row names the line, and the gate checks that the line prints the number."""
    rows = [row for row in shipped_reference().rows(seed) if row[number]]
    assert rows
    assert [row for row in rows if not (row["document_id"] and row["line_number"])] == []
