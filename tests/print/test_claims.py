"""The expressions of claims become terms, and an invalid claim is refused."""

import csv
import shutil
from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from klynge import checkout
from klynge.errors import InputError
from klynge.print.claims import CLAIM_COLUMNS, COMPARATORS, ClaimError, ClaimTerm, claim_terms
from klynge.print.transcription import read_transcriptions

DOCUMENT = "cooperation_model_2019"


def cell(cell_id, organisation_id="", number_format="danish", repeats_cell_id=""):
    return {
        "cell_id": cell_id,
        "organisation_id": organisation_id,
        "number_format": number_format,
        "repeats_cell_id": repeats_cell_id,
    }


CELLS = {
    "report": [
        cell("t1.clean.grant", "clean"),
        cell("t1.made.grant", "made"),
        cell("t1.total.grant"),
        cell("t1.clean.income", "clean"),
        cell("t1.made.income", "made"),
        cell("t1.label", number_format="text"),
        cell("t1.dash", number_format="dash"),
        cell("t1.made.again", "made", repeats_cell_id="t1.made.grant"),
    ],
    "annex": [cell("pot.cluster"), cell("pot.innovation")],
}
FIGURES = [
    (document, c["cell_id"])
    for document, cells in CELLS.items()
    for c in cells
    if c["number_format"] == "danish" and not c["repeats_cell_id"]
]


def terms(left, right="1", kind="compare", comparator="equals"):
    claim = {"kind": kind, "comparator": comparator, "left": left, "right": right}
    return claim_terms(claim, "report", CELLS)


def side(role, listed):
    return [term for term in listed if term.role == role]


def figure(cell_id, coefficient="1", role="left", part="numerator", element=None):
    return ClaimTerm(role, part, coefficient, f"report#{cell_id}", None, element)


SIGNS = st.sampled_from(["", "-"])
FACTORS = st.none() | st.decimals("0.00001", "1000", places=5).map(str)
NUMBERS = st.integers(0, 10**6).map(str) | st.decimals("0", "1000", places=2).map(str)


@st.composite
def written(draw):
    """Draw a term.

    Returns its text and what it says: (coefficient, figure, literal).
    """
    sign, factor = draw(SIGNS), draw(FACTORS)
    coefficient = sign + (factor or "1")
    prefix = sign + (f"{factor}*" if factor else "")
    if draw(st.booleans()):
        number = draw(NUMBERS)
        return prefix + number, (coefficient, None, number)
    document, cell_id = draw(st.sampled_from(FIGURES))
    name = cell_id if document == "report" else f"{document}#{cell_id}"
    return prefix + name, (coefficient, f"{document}#{cell_id}", None)


@given(st.lists(written(), min_size=1, max_size=5), st.lists(written(), max_size=3))
def test_an_expression_says_what_is_written(over, under):
    text = " ".join(token for token, _ in over)
    if under:
        text += " / " + " ".join(token for token, _ in under)
    read = side("left", terms(text))
    assert all(term.element is None for term in read)
    for part, tokens in (("numerator", over), ("denominator", under)):
        said = [(t.coefficient, t.figure_id, t.literal) for t in read if t.part == part]
        assert said == [meaning for _, meaning in tokens]


@given(st.sampled_from(["t1.*", "t1.*.grant", "*.made.*", "*"]), st.sets(st.sampled_from(FIGURES)))
def test_a_glob_names_every_figure_but_those_left_out(glob, left_out):
    excluded = {cell_id for document, cell_id in left_out if document == "report"}
    named = {i for d, i in FIGURES if d == "report" and fnmatchcase(i, glob)} - excluded
    assume(named)
    read = side("left", terms(" ".join([glob, *(f"!{cell_id}" for cell_id in excluded)])))
    assert {term.figure_id for term in read} == {f"report#{cell_id}" for cell_id in named}


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789._*", min_size=1), SIGNS)
def test_a_term_that_names_nothing_is_refused_by_name(name, sign):
    known = any(d == "report" and fnmatchcase(i, name) for d, i in FIGURES)
    assume(not known and not name[0].isdigit())
    with pytest.raises(ClaimError) as refused:
        terms(sign + name)
    assert repr(sign + name) in str(refused.value)
    assert "names no figure of report" in str(refused.value)


@pytest.mark.parametrize("name", ["t1.label", "t1.dash", "t1.made.again"])
def test_what_has_no_value_of_its_own_is_no_figure(name):
    with pytest.raises(ClaimError, match="names no figure"):
        terms(name)


@pytest.mark.parametrize(
    ("name", "document"), [("annex#t1.total.grant", "annex"), ("law#pot.cluster", "law")]
)
def test_a_figure_of_another_document_must_stand_there(name, document):
    with pytest.raises(ClaimError, match=f"'{name}' names no figure of {document}"):
        terms(name)


def test_each_figure_is_an_element_by_itself():
    read = side("left", terms("t1.*.grant !t1.total.grant", kind="each"))
    assert read == [
        figure("t1.clean.grant", element="report#t1.clean.grant"),
        figure("t1.made.grant", element="report#t1.made.grant"),
    ]


def test_a_fraction_of_sets_is_taken_organisation_by_organisation():
    read = side("left", terms("100*t1.*.income / t1.*.grant", kind="each"))
    assert read == [
        figure("t1.clean.income", "100", element="clean"),
        figure("t1.made.income", "100", element="made"),
        # the total has no term, because it belongs to no organisation
        figure("t1.clean.grant", part="denominator", element="clean"),
        figure("t1.made.grant", part="denominator", element="made"),
    ]


def test_a_comparison_of_fractions_adds_up_first():
    read = side("left", terms("t1.*.income / t1.total.grant"))
    assert [term.element for term in read] == [None, None, None]


def test_a_count_has_a_threshold_and_both_bounds_are_read():
    read = terms("t1.*.income where t1.total.grant", "2", kind="count_where", comparator="over")
    assert side("threshold", read) == [figure("t1.total.grant", role="threshold")]
    assert len(side("left", read)) == 2
    read = terms("t1.total.grant", "2 annex#pot.cluster", comparator="between")
    assert [term.literal for term in side("lower", read)] == ["2"]
    assert [term.figure_id for term in side("upper", read)] == ["annex#pot.cluster"]


def test_a_ranking_names_organisations():
    read = side("ranked", terms("t1.*.grant", "made clean", kind="top"))
    assert [term.element for term in read] == ["made", "clean"]


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ({"kind": "sum"}, "unknown kind 'sum'; one of compare, each"),
        ({"comparator": "is"}, f"unknown comparator 'is'; one of {', '.join(COMPARATORS)}"),
        ({"left": ""}, "left: '' is not an expression"),
        ({"left": "1 / 2 / 3"}, "left: '1 / 2 / 3' is not an expression"),
        ({"right": ""}, "right: '' is not an expression"),
        ({"comparator": "between"}, "between needs two bounds on the right"),
        ({"left": "/ 2"}, "left: '/ 2' is not an expression"),
        ({"left": "1 /"}, "left: '1 /' is not an expression"),
        ({"kind": "count_where", "left": "t1.made.grant"}, "threshold: '' is not an expression"),
        ({"left": "t1.*.grant !t1.nobody.*"}, "'!t1.nobody.*' names no figure to leave out"),
        ({"left": "1 t1.made.grant !t1.label"}, "'!t1.label' names no figure to leave out"),
        ({"kind": "each", "left": "5"}, "'5' is a number, but this kind needs figures"),
        (
            {"kind": "each", "left": "t1.*.grant / 100"},
            "'100' is a number, but this kind needs figures",
        ),
        (
            {"kind": "each", "left": "t1.*.grant / t1.made.income"},
            "the fraction has no denominator for clean",
        ),
    ],
)
def test_a_claim_that_cannot_be_evaluated(spoilt, says):
    with pytest.raises(ClaimError) as refused:
        terms(**{"left": "1", "right": "1", **spoilt})
    assert says in str(refused.value)


@pytest.fixture
def claims(tmp_path):
    """Return the claims of one small document with its cells, so that tests can plant faults."""
    shutil.copytree(checkout.SEEDS / "reference", tmp_path / "reference")
    for document in (DOCUMENT, "dfir_2024", "performance_account_2018"):
        shutil.copytree(checkout.SEEDS / "documents" / document, tmp_path / "documents" / document)
    # the claims of these reports need documents that are not copied
    for document in ("dfir_2024", "performance_account_2018"):
        header = ",".join(CLAIM_COLUMNS) + "\n"
        (tmp_path / "documents" / document / "claims.csv").write_text(header, "utf-8")
    return tmp_path / "documents" / DOCUMENT / "claims.csv"


def write(path, *, row, **values):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 2].update(values)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CLAIM_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"kind": "sum"}, "unknown kind 'sum'"),
        ({"comparator": "is"}, "unknown comparator 'is'"),
        ({"left": "prose.nowhere"}, f"'prose.nowhere' names no figure of {DOCUMENT}"),
        ({"right": "dfir_2024#t9.total"}, "'dfir_2024#t9.total' names no figure of dfir_2024"),
        ({"left": "no_paper#t1.total"}, "'no_paper#t1.total' names no figure of no_paper"),
        ({"line": "255"}, "line '255' must be within 1-254"),
        ({"line": "0"}, "line '0' must be within 1-254"),
        ({"line": "seven"}, "line 'seven' must be within 1-254"),
        ({"last_line": "74"}, "last_line '74' must be within 77-254"),
        ({"last_line": "255"}, "last_line '255' must be within 77-254"),
        ({"last_line": "seven"}, "last_line 'seven' must be within 77-254"),
        ({"claim_id": ""}, "claim_id is empty or not unique"),
        ({"says": ""}, "says is empty; state the claim in your own words"),
        ({"kind": "compare", "left": "6", "right": "5"}, "no side names a figure, so the"),
    ],
)
def test_an_invalid_claim_is_refused_with_its_row(claims, values, says):
    write(claims, row=3, **values)
    with pytest.raises(InputError) as refused:
        read_transcriptions(claims.parents[2])
    message = str(refused.value)
    assert f"{claims}, row 3 (claim " in message
    assert says in message


def test_the_same_claim_twice(claims):
    lines = claims.read_text(encoding="utf-8").splitlines()
    claims.write_text("\n".join([*lines, lines[1], ""]), encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2 .* claim_id is empty or not unique"):
        read_transcriptions(claims.parents[2])


def test_a_file_without_claims_is_missing(claims):
    claims.unlink()
    with pytest.raises(InputError, match=r"claims.csv is missing"):
        read_transcriptions(claims.parents[2])


def test_every_claim_of_the_documents_is_read():
    read = read_transcriptions(checkout.SEEDS)
    assert sum(len(t.claims) for t in read) >= 300
