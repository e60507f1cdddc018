"""Find entries by the words of their names, however a Danish letter is written."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

#: How each Danish letter, and some letters of names, are written by people without that key.
_FULL = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "é": "e"})
#: A shorter way to write the same letters: Aarhus becomes arhus, Sønderborg becomes sonderborg.
_SHORT = re.compile("ae|oe|aa|ue")
_WORD = re.compile(r"[^\W_]+")
_SHORTER = {"ae": "a", "oe": "o", "aa": "a", "ue": "u"}
#: A word with fewer letters than this is no part of another word.
_SHORTEST_PART = 3
#: How similar a word must be to the word that was written, if nothing is found.
_SIMILAR = 0.75


@dataclass(frozen=True)
class Entry:
    """Something that can be found: its kind, its title, the page that shows it, and its words."""

    kind: str
    title: str
    path: str
    parameters: tuple[tuple[str, str], ...] = ()
    #: a second line under the title
    about: str = ""
    #: other texts whose words find the entry, such as the name in the other language
    texts: tuple[str, ...] = ()

    @cached_property
    def title_words(self) -> list[str]:
        """The words of the title in one spelling."""
        return words(self.title)

    @cached_property
    def all_words(self) -> list[str]:
        """The words of the title and of the other texts in one spelling."""
        return list(dict.fromkeys(words(" ".join((self.title, *self.texts)))))


def words(text: str) -> list[str]:
    """The words of a text in one spelling: lower case, and without Danish letters."""
    return [_shorten(word) for word in _WORD.findall(text.casefold().translate(_FULL))]


def find(entries: Iterable[Entry], query: str) -> list[Entry]:
    """Return the entries that have every word of the query, the best first.

    A word is found if it begins a word of the entry, or if it is a part of one.
    """
    wanted = words(query)
    if not wanted:
        return []
    ranked = [(rank, one) for one in entries if (rank := _rank(one, wanted)) is not None]
    return [one for _, one in sorted(ranked, key=lambda pair: (pair[0], pair[1].title))]


def nearest_words(entries: Iterable[Entry], query: str) -> list[str]:
    """The words of the entries that are written almost like a word of the query."""
    texts = (text for one in entries for text in (one.title, *one.texts))
    written = {word for text in texts for word in _WORD.findall(text.casefold())}
    known = {words(word)[0]: word for word in sorted(written) if len(word) > _SHORTEST_PART}
    near = (difflib.get_close_matches(word, known, n=2, cutoff=_SIMILAR) for word in words(query))
    return list(dict.fromkeys(known[word] for found in near for word in found))


def _shorten(word: str) -> str:
    return _SHORT.sub(lambda found: _SHORTER[found[0]], word)


def _rank(entry: Entry, wanted: Sequence[str]) -> float | None:
    """The distance from the query to the entry; None if a word of the query is not found."""
    places = [_place(entry, word) for word in wanted]
    found = [place for place in places if place is not None]
    if len(found) < len(wanted):
        return None
    # of two titles with the same words, the shorter one is meant
    return sum(found) + len(entry.title_words) / 100


def _place(entry: Entry, word: str) -> float | None:
    for distance, known in ((0.0, entry.title_words), (1.0, entry.all_words)):
        if word in known:
            return distance
        if any(one.startswith(word) for one in known):
            return distance + 0.25
    is_part = len(word) >= _SHORTEST_PART
    if is_part and any(word in one for one in entry.title_words):
        return 0.75
    if is_part and any(word in one for one in entry.all_words):
        return 1.75
    return None
