"""The search finds names however their Danish letters are written."""

import pytest

from dashboard.search_index import Entry, find, nearest_words

ENTRIES = [
    Entry("organisation", "Energy Cluster Denmark", "/a"),
    Entry("mart", "Områdets brancher", "/b", texts=("Industries of the area",)),
    Entry("indicator", "Årsværk", "/c", texts=("Full-time equivalents",)),
    Entry("indicator", "Beskæftigelse i virksomheder", "/d", texts=("Employment",)),
    Entry("document", "Performanceregnskab for Innovationsnetværk", "/e"),
    Entry("organisation", "Fødevareklyngen i Århus", "/f"),
]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("energy", "Energy Cluster Denmark"),
        ("ENERGY cluster", "Energy Cluster Denmark"),
        ("omraade", "Områdets brancher"),
        ("område", "Områdets brancher"),
        ("omrade", "Områdets brancher"),
        ("industries", "Områdets brancher"),
        ("aarsvaerk", "Årsværk"),
        ("arsvaerk", "Årsværk"),
        ("ÅRSVÆRK", "Årsværk"),
        ("equivalent", "Årsværk"),
        ("beskaeftigelse virksomhed", "Beskæftigelse i virksomheder"),
        ("netværk", "Performanceregnskab for Innovationsnetværk"),
        ("foedevare aarhus", "Fødevareklyngen i Århus"),
    ],
)
def test_a_name_is_found(query, title):
    assert find(ENTRIES, query)[0].title == title


@pytest.mark.parametrize("query", ["", "  ", "%&", "denmark industries", "x"])
def test_what_is_not_there_is_not_found(query):
    assert find(ENTRIES, query) == []


def test_a_word_with_a_slip_has_a_near_word():
    assert "energy" in nearest_words(ENTRIES, "enrgy")


def test_the_shorter_of_two_titles_with_the_word_comes_first():
    entries = [Entry("a", "Cluster of clusters", "/1"), Entry("a", "Cluster", "/2")]
    assert [one.path for one in find(entries, "cluster")] == ["/2", "/1"]
