"""Search for metrics by several words and by inflected words."""

import pytest

from klynge.metrics.words import find_by_most_words, find_by_words, stems
from tests.metrics.small_release import small_catalogue


@pytest.mark.parametrize(
    ("words", "stem"),
    [
        (["tilskud", "tilskuddet", "tilskuddene", "tilskuds"], "tilskud"),
        (["klynge", "klyngen", "klynger", "klyngerne", "klyngernes"], "klyng"),
        (["deltager", "deltagere", "deltagerne", "deltageren"], "deltag"),
        (["virksomhed", "virksomheder", "virksomhederne"], "virksomhed"),
        (["company", "companies"], "compan"),
    ],
)
def test_inflected_words_have_one_stem(words, stem):
    assert [stems([word]) for word in words] == [[stem]] * len(words)


@pytest.mark.parametrize(
    "words", [["forbrug af tilskud"], ["forbrug", "af", "tilskuddet"], ["Tilskuddene", "FORBRUGTE"]]
)
def test_several_words_are_found_in_any_order_and_form(words):
    found = [metric.name for metric in find_by_words(small_catalogue(), words)]
    assert "money_consumed" in found


def test_a_word_that_no_metric_has_does_not_hide_the_others():
    catalogue = small_catalogue()
    assert find_by_words(catalogue, ["zebra", "tilskud"]) == []
    assert "money_consumed" in {
        one.name for one in find_by_most_words(catalogue, ["zebra tilskud"])
    }
    assert find_by_most_words(catalogue, ["zebra"]) == []


def test_without_words_every_metric_is_found():
    catalogue = small_catalogue()
    assert len(find_by_words(catalogue, [])) == len(catalogue.metrics)
