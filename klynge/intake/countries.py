"""The countries of ISO 3166-1, and the likely code for another spelling of a country.

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
    """Read the rows of a register that contracts name, which is a seed or the list of countries."""
    if seed == COUNTRIES[0]:
        return read_seed(checkout.CONTRACTS / "countries.csv")
    return reference.rows(seed)


def spellings_of_countries(rows: list[dict[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield each spelling of a country, with the country's two-letter code."""
    for row in rows:
        others = row["other_spellings"].split("|")
        for spelling in (row["country_id"], row["alpha_3"], row["label_da"], row["label_en"]):
            yield plain_letters(spelling), row["country_id"]
        yield from ((plain_letters(spelling), row["country_id"]) for spelling in others if spelling)


def likely_country(text: str, spellings: Mapping[str, str]) -> str | None:
    """Return the code of a country that is written as ``UK``, ``Tyskland`` or ``DEU``, or None."""
    return spellings.get(plain_letters(text))
