"""Words that people search with, in one spelling and as Danish or English stems."""

import re
from collections.abc import Iterable

from klynge.metrics.declarations import Catalogue, Metric

#: Words that say nothing about a metric.
_PASSED_OVER = re.compile(
    "af|at|de|den|der|det|en|et|er|for|fra|har|hvor|i|med|mange|meget|og|om|på|pr|som|til|ved|a|and"
    "|are|by|from|has|have|how|in|is|many|much|of|on|per|the|to|with"
)
#: Endings of inflected words, the longest first.
_ENDINGS = (
    "ernes",
    "erens",
    "erne",
    "eren",
    "enes",
    "eres",
    "ers",
    "ere",
    "ens",
    "ets",
    "ene",
    "ies",
    "er",
    "en",
    "et",
)
_SHORT_ENDINGS = ("es", "e", "s", "t", "y")
#: A stem has at least this many letters.
_SHORTEST = 4


def fold(text: str) -> str:
    """Write a name in lower case, with an underscore for each run of blanks and hyphens."""
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def stems(texts: Iterable[str]) -> list[str]:
    """The stems of the words in texts; words such as "of" are left out."""
    words = [word for text in texts for word in re.findall(r"[^\W_]+", text.casefold())]
    return [_stem(word) for word in words if not _PASSED_OVER.fullmatch(word)] or words


def _stem(word: str) -> str:
    """A word without its ending: ``klyngerne``, ``klynger`` and ``klyngen`` become ``klyng``."""
    for ending in (*_ENDINGS, *_SHORT_ENDINGS):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST:
            word = stem
            break
    # tilskuddet loses one d as well, so that its stem is tilskud
    doubled = len(word) > _SHORTEST and word[-1] == word[-2]
    return word[:-1] if doubled else word


def find_by_words(catalogue: Catalogue, words: Iterable[str]) -> list[Metric]:
    """The metrics whose texts have every word, or a word with the same stem.

    Metrics with the words in the name or label come first. If no word is given, all metrics are
    found.
    """
    wanted = stems(words)
    found = [one for one in catalogue.metrics.values() if _count(wanted, _text(one)) == len(wanted)]
    return sorted(found, key=lambda one: _rank(wanted, one))


def find_by_most_words(catalogue: Catalogue, words: Iterable[str]) -> list[Metric]:
    """The metrics whose texts have the most of the words; empty if none has a word."""
    wanted = stems(words)
    counts = {name: _count(wanted, _text(one)) for name, one in catalogue.metrics.items()}
    most = max(counts.values(), default=0)
    found = [one for name, one in catalogue.metrics.items() if most and counts[name] == most]
    return sorted(found, key=lambda one: -_count(wanted, _title(one)))


def find_alike(catalogue: Catalogue, metric: Metric) -> list[Metric]:
    """The other metrics whose names share a word with a metric's name, the most alike first."""
    own = {*stems([metric.name.replace("_", " ")])}
    shared = {
        one.name: len(own & {*stems([one.name.replace("_", " ")])})
        for one in catalogue.metrics.values()
        if one.name != metric.name
    }
    found = [one for one in catalogue.metrics.values() if shared.get(one.name)]
    return sorted(found, key=lambda one: -shared[one.name])


def _rank(wanted: list[str], metric: Metric) -> tuple[bool, bool]:
    """Sort first by whole words in the title, and then by any occurrence in the title."""
    title = _title(metric)
    return not {*wanted} <= {*stems([title])}, _count(wanted, title) < len(wanted)


def _count(wanted: Iterable[str], text: str) -> int:
    return sum(word in text for word in wanted)


def _title(metric: Metric) -> str:
    return " ".join((metric.name, metric.label_da, metric.label_en)).casefold()


def _text(metric: Metric) -> str:
    others = (
        *metric.words,
        metric.description_da,
        metric.description_en,
        metric.population_da,
        metric.population_en,
    )
    return " ".join((_title(metric), *others)).casefold()
