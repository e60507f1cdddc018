"""The countries of ISO 3166-1, and the likely code of one that is written in another way.

The list is with the contracts and not with the reference seeds, because only the door uses it.
"""

from collections.abc import Iterator, Mapping

from klynge import checkout
from klynge.intake.spelling import plain_letters
from klynge.reference.seeds import Reference
from klynge.seed_files import read_seed

#: The register of countries, and the key under which registers hold their spellings.
COUNTRIES = ("countries", "country_id")
COUNTRY_SPELLINGS = ("countries", "other_spellings")


def register_rows(reference: Reference, seed: str) -> list[dict[str, str]]:
    """The rows of a register that contracts name: a reference seed, or the countries."""
    if seed == COUNTRIES[0]:
        return read_seed(checkout.CONTRACTS / "countries.csv")
    return reference.rows(seed)


def spellings_of_countries(rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Spelling -> code, from the rows of the countries: names, and codes of three letters."""
    for row in rows:
        others = row["other_spellings"].split("|")
        for spelling in (row["country_id"], row["alpha_3"], row["label_da"], row["label_en"]):
            yield plain_letters(spelling), row["country_id"]
        yield from ((plain_letters(spelling), row["country_id"]) for spelling in others if spelling)


def likely_country(text: str, spellings: Mapping[str, str]) -> str | None:
    """The code of a country that is written as ``UK``, ``Tyskland``, ``DEU`` or ``dk``, or None."""
    return spellings.get(plain_letters(text))
