"""The parser reads printed Danish numbers without SQL."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klynge.print.numbers import NumberError, parse, token_spans

decimals = st.decimals(
    min_value=-(10**12), max_value=10**12, places=3, allow_nan=False, allow_infinity=False
)


def danish(value: Decimal) -> str:
    return f"{value:,f}".translate(str.maketrans(",.", ".,"))


@given(decimals)
def test_every_number_in_danish_print_is_read_back(value):
    assert parse(danish(value), "danish") == value
    assert parse(danish(value) + "%", "danish") == value


@given(st.integers(min_value=1000, max_value=10**15))
def test_a_number_without_separators_is_read_back(value):
    assert parse(str(value), "no_separator") == value


@pytest.mark.parametrize(
    ("text", "number_format", "value"),
    [
        ("18.058", "danish", "18058"),
        ("337,95", "danish", "337.95"),
        ("-31%", "danish", "-31"),
        ("−5", "danish", "-5"),
        ("0,0", "danish", "0"),
        ("0", "danish", "0"),
        ("-0,5", "danish", "-0.5"),
        ("0.7", "decimal_point", "0.7"),
        ("10.7", "decimal_point", "10.7"),
        ("8098", "no_separator", "8098"),
        ("tolv", "word", "12"),
        ("Ni", "word", "9"),
        ("firårige", "word", "4"),
        ("toårige", "word", "2"),
        ("to tredjedele", "word", "0.666667"),
        ("tre fjerdedele", "word", "0.75"),
        ("halvdelen", "word", "0.5"),
        ("to en halv", "word", "2.5"),
        ("to tredje- dele", "word", "0.666667"),
        ("én", "word", "1"),
    ],
)
def test_what_the_documents_print(text, number_format, value):
    assert parse(text, number_format) == Decimal(value)


@pytest.mark.parametrize("number_format", ["dash", "text"])
def test_a_label_and_a_dash_have_no_value(number_format):
    assert parse("-", number_format) is None


@pytest.mark.parametrize(
    ("text", "number_format"),
    [
        ("10.7", "danish"),  # a dot with one digit behind it separates no thousands
        ("8098", "danish"),
        ("12.34.567", "danish"),
        ("1,2,3", "danish"),
        ("", "danish"),
        ("12 34", "danish"),
        ("337,95", "decimal_point"),
        ("809", "no_separator"),
        ("0123", "no_separator"),
        ("012", "danish"),
        ("00", "danish"),
        ("0.123", "danish"),  # a group of thousands begins with a zero
        ("-01,5%", "danish"),
        ("01.5", "decimal_point"),
        ("mange", "word"),
        ("halvanden", "word"),
        ("halvtreds", "word"),
        ("to tre", "word"),
        ("", "word"),
        ("5", "roman"),
    ],
)
def test_a_text_of_another_shape_is_refused(text, number_format):
    with pytest.raises(NumberError):
        parse(text, number_format)


def test_a_number_is_not_found_within_a_longer_one():
    line = "5,4 15,4 5,42 5,4% 2.5,4 x5,4"
    assert [line[a:b] for a, b in token_spans(line, "5,4")] == ["5,4", "5,4"]
    assert [a for a, _ in token_spans(line, "5,4")] == [0, 14]


def test_a_footnote_mark_may_be_glued_to_a_name():
    assert token_spans("• Copenhagen Fintech4", "Copenhagen Fintech") == [(2, 20)]
    assert token_spans("Innovationsnetværket", "Innovation") == []
