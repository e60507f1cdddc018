"""The likely code of a country that is written in another way than by ISO 3166-1."""

from collections.abc import Iterable, Iterator, Mapping
from unicodedata import normalize

#: The register of countries, and the key under which registers hold their spellings.
COUNTRIES = ("countries", "country_id")
COUNTRY_SPELLINGS = ("countries", "other_spellings")


def spellings_of_countries(rows: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """Spelling -> code, from the rows of the seed ``countries``: names, codes of three letters."""
    for row in rows:
        others = row["other_spellings"].split("|")
        for spelling in (row["country_id"], row["alpha_3"], row["label_da"], row["label_en"]):
            yield _plain(spelling), row["country_id"]
        yield from ((_plain(spelling), row["country_id"]) for spelling in others if spelling)


def likely_country(text: str, spellings: Mapping[str, str]) -> str | None:
    """The code that a text such as ``UK``, ``Tyskland``, ``DEU`` or ``dk`` stands for, or None."""
    return spellings.get(_plain(text))


def _plain(text: str) -> str:
    return "".join(c for c in normalize("NFKC", text).casefold() if c.isalnum())
