"""Run commands in a language without words.

If a command still shows a word, the word is data, or its text is not a message.
"""

import csv
import json
import re
import string

import pytest

from klynge import checkout, messages
from klynge.intake.contracts import read_contracts
from klynge.releases.reading import open_release
from tests.conftest import klynge_in_process as klynge

CELL = "dfir_2024#t6.made.internationalisation.company"


def without_words(text):
    """Put ``ø`` in the place of each word of a text; keep its placeholders."""
    return "".join(
        re.sub(r"[^\W\d_]+", "ø", fixed)
        + (f"{{{name}{f'!{how}' if how else ''}{f':{spec}' if spec else ''}}}" if name else "")
        for fixed, name, spec, how in string.Formatter().parse(text)
    )


@pytest.fixture
def wordless(monkeypatch):
    """Give every message a text without words.

    If a command still shows a word, the word is data, or its text is not a message.
    """
    texts = {
        english: tuple(map(without_words, forms))
        for english, forms in messages.danish_texts().items()
    }
    monkeypatch.setattr(messages, "danish_texts", lambda: texts)
    monkeypatch.setenv(messages.VARIABLE, "da")


def words(*texts):
    found = {word for text in texts for word in re.findall(r"[^\W\d]{2,}", str(text))}
    # identifiers in messages, such as row_kind, have only ``ø`` and ``_`` left
    return {word for word in found if set(word) - set("ø_")}


def values(content, *left_out):
    """Yield the values of JSON content, but no keys, and no values below the keys ``left_out``."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name not in left_out:
                yield from values(value, *left_out)
    elif isinstance(content, list):
        for value in content:
            yield from values(value, *left_out)
    else:
        yield content


def seed_words(*columns):
    """Return the words in these columns of the shipped reference data."""
    found = set()
    for path in sorted((checkout.SEEDS / "reference").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found |= words(*(row[name] for name in columns if name in row))
    return found


#: These words are the same in every language: ids and Danish names of reference data, commands, SQL
#: and units.
DATA = seed_words(
    "label_da", "name", "organisation_id", "reporter_id", "period_id", "call_id", "unit"
)
DATA |= words(*(contract.label_da for contract in read_contracts(checkout.CONTRACTS).values()))
DATA |= words(*read_contracts(checkout.CONTRACTS), "dansk tid ø")
#: Words of commands, options, files and folders.
DATA |= words("klynge raw sha reference releases runs quality index csv json html text MART")
#: The text shows the values of these JSON entries in its own words, or not at all.
IN_WORDS = ("sql", "label_en", "unit", "description", "checks", "kind", "status", "basis")
IN_WORDS += ("accepted_by", "accepted_because", "says", "observed", "reasons", "gaps", "missing_en")
SQL = words("left join on where and or not in is null as from select group by having window over")


def undanish(home, *arguments, data=()):
    """Return the words that a command shows and that are neither messages nor data."""
    done = klynge(home, *arguments)
    shown = words(done.stdout, done.stderr)
    assert done.stdout + done.stderr, arguments
    return sorted(shown - DATA - words(str(home.root)) - words(*data))


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize(
    "arguments",
    [
        ("cell", CELL),
        ("verify", "mart_claims", "--sample", "2"),
    ],
)
def test_a_trace_shows_words_of_the_data_only(published, arguments):
    content = json.loads(klynge(published, "trace", *arguments, "--format", "json").stdout)
    data = [*values(content, *IN_WORDS), *keys_of_rows(content)]
    if arguments[0] == "cell":
        # the text shows the beginning of the commit, which can end within a run of letters
        data.append(content["release"]["commit"][:12])
    assert set(undanish(published, "trace", *arguments, data=data)) - SQL == set()


def keys_of_rows(content):
    """Yield the names of the columns that a trace shows with their values."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name in ("key", "row", "places") or isinstance(value, list):
                for one in value if isinstance(value, list) else [value]:
                    yield from one if isinstance(one, dict) else ()
            yield from keys_of_rows(value)
    elif isinstance(content, list):
        for value in content:
            yield from keys_of_rows(value)


@pytest.mark.usefixtures("wordless")
def test_a_release_is_shown_without_english(published):
    release = open_release(home=published)
    data = list(values(release.manifest, "kind", "gate"))
    assert undanish(published, "releases", "show", data=data) == []
    assert undanish(published, "releases", "list", data=data) == []
    same = ("releases", "diff", release.release_id, release.release_id)
    assert undanish(published, *same, data=data) == []


@pytest.mark.usefixtures("wordless")
def test_checks_are_shown_without_english(published):
    [run] = (published.runs).iterdir()
    results = json.loads((run / "gate.json").read_text(encoding="utf-8"))["results"]
    data = [run.name, *(text for one in results for text in (one["check_id"], one["looks_at"]))]
    data += [open_release(home=published).release_id]
    assert undanish(published, "quality", data=data) == []


@pytest.mark.usefixtures("wordless")
@pytest.mark.parametrize(
    "arguments",
    [
        ("status", "--missing"),
        ("loads", "list"),
        ("loads", "show", "zz"),
        ("periods", "list"),
        ("persons", "find", "12"),
        ("trace", "zz", "--column", "zz"),
        ("trace", "verify", "--format", "zz"),
        ("allocate", "zz", "--call", "zz"),
    ],
)
def test_answers_and_errors_have_no_english(published, arguments):
    release = open_release(home=published)
    tables = [table["table"] for table in release.manifest["tables"]]
    data = [*arguments, *published.runs.iterdir(), release.release_id, *tables]
    assert undanish(published, *arguments, data=data) == []
