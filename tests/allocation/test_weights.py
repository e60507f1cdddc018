"""Test weights as they are given on the command line."""

from decimal import Decimal
from fractions import Fraction

import pytest

from klynge.errors import InputError
from klynge.whatif.calls import Call, Criterion
from klynge.whatif.weights import as_whole_numbers, read_weights

CALL_OF_THIRDS = Call(
    "a_call",
    {"one": Decimal(1), "two": Decimal(1)},
    (
        Criterion("one_a", "one", "A", Fraction(1, 2)),
        Criterion("one_b", "one", "B", Fraction(1, 2)),
        Criterion("two_a", "two", "A", Fraction(1, 3)),
        Criterion("two_c", "two", "C", Fraction(2, 3)),
    ),
)


def test_they_are_exact_and_have_one_denominator_in_a_grant():
    weights = read_weights("two.A=100/6, C=250/3,one_a=12.5,one.B=87.5", CALL_OF_THIRDS)
    assert as_whole_numbers(weights, CALL_OF_THIRDS) == {
        "one_a": (1, 8),
        "one_b": (7, 8),
        "two_a": (1, 6),
        "two_c": (5, 6),
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("C=60", "of two add up to 93.333333 per cent, not to 100"),
        ("two.A=33.3,C=66.6", r"two add up to 99.9 .* --weights two.A=100/3,two.C=200/3"),
        ("C=80,two.A=10", r"add up to 90 .* --weights two.A=100/9,two.C=800/9"),
        ("C=0,two.A=0", r"add up to 0 .* two.A=50,two.C=50"),
        ("C=90,two.A=20", "of two add up to 110 per cent, not to 100"),
        ("A=50", "write one.A or two.A"),
        ("D=50", "unknown criterion 'D'"),
        ("one_c=50", "did you mean one_"),
        ("C=50,two.C=50", "twice"),
        ("C", "write a criterion and a percentage"),
        ("C=much", "is not a number"),
        ("C=1/0", "is not a number"),
        ("C=120", "outside 0 to 100"),
        ("C=-1", "outside 0 to 100"),
    ],
)
def test_unusable_weights_are_refused_with_their_reason(text, words):
    with pytest.raises(InputError, match=words):
        read_weights(text, CALL_OF_THIRDS)


def test_weights_with_a_large_common_denominator_are_refused():
    weights = read_weights("two.A=0.0000001,C=99.9999999", CALL_OF_THIRDS)
    with pytest.raises(InputError, match="common denominator above"):
        as_whole_numbers(weights, CALL_OF_THIRDS)
