"""Test the data dictionary: its content, its search, and the language of each text."""

from html.parser import HTMLParser

import duckdb
import pytest

from klynge.errors import InputError
from klynge.releases.dictionary import PAGE, find_search_words, write_dictionary
from klynge.releases.reading import Release, open_release
from tests.releases.described_models import MODELS

ENGLISH = (
    "Grants <by> body",
    "One row per organisation. It's about grants.",
    "Yearly grant",
    "Money & more.",
)
TABLES = [{"schema": "evaluation", "table": "mart_grants", "edition": "analyst"}]


class Texts(HTMLParser):
    """Collects the texts of a page with their languages, and the page's addresses.

    Addresses are those that the page loads or links to.
    """

    def __init__(self, page):
        super().__init__()
        self._open, self.texts, self.addresses = [], {}, []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.addresses += [found[name] for name in ("src", "href") if name in found]
        if tag not in ("meta", "input", "wbr"):
            self._open.append((tag, found.get("lang") or (self._open or [(None, None)])[-1][1]))

    def handle_endtag(self, tag):
        while self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip():
            self.texts[data.strip()] = self._open[-1][1]


@pytest.fixture
def release(tmp_path):
    (tmp_path / "docs").mkdir()
    write_dictionary(tmp_path / "docs", MODELS, TABLES, "a-release")
    return Release(tmp_path)


def test_each_text_is_in_the_language_that_its_element_states(release):
    page = (release.path / "docs" / PAGE).read_text(encoding="utf-8")
    found = Texts(page)
    assert {found.texts[text] for text in ENGLISH} == {"en"}
    danish = (
        "Dataordbog",
        "Bevillinger",
        "Bevillinger pr. år på øen.",
        "Beløb på øen",
        "Penge & mere.",
        "Den årlige evaluerings tabeller.",
    )
    assert {found.texts[text] for text in danish} == {"da"}
    assert found.texts["kroner"] == "en"
    assert "A view." not in page
    assert all(address.startswith(("#", "dictionary.")) for address in found.addresses)


def test_without_javascript_the_page_is_a_list(release):
    page = (release.path / "docs" / PAGE).read_text(encoding="utf-8")
    body, script = page.split("<script>")
    assert '<form id="find" role="search" hidden>' in body
    assert body.count("hidden") == 2
    assert 'getElementById("find").hidden = false' in script


def test_the_frame_has_a_row_for_each_column(release):
    frame = release.dictionary()
    assert list(frame["column"]) == ["organisation_id", "amount_kr", "share", "not_built"]
    amount = frame.iloc[1].to_dict()
    assert amount["label_da"] == "Beløb på øen"
    assert (amount["unit"], amount["sum"], amount["grain"]) == ("kr", "yes", "organisation_id")
    assert "tilskud" in amount["search_words"]


def test_an_older_release_says_that_it_has_no_dictionary(tmp_path):
    with pytest.raises(InputError, match="no data dictionary"):
        Release(tmp_path).dictionary()


@pytest.mark.parametrize(
    ("name", "word", "found"),
    [
        ("mart_awards", "tilskud", True),
        ("mart_retention", "fastholdelse", True),
        ("smes_in_activities", "SMV", True),
        ("average_assessment", "SMV", False),
        ("Antal SMV'er per company", "SMV", False),
    ],
)
def test_a_word_finds_names_that_begin_with_its_match(name, word, found):
    assert (word in find_search_words(name)) == found


def test_the_dictionary_of_a_release_has_every_published_column(sampled):
    release = open_release(home=sampled)
    frame = release.dictionary()
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, lower(data_type) "
            "from duckdb_columns()"
        ).fetchall()
    published = {f"{table['schema']}.{table['table']}" for table in release.manifest["tables"]}
    shown = set(frame[["table", "column", "type"]].itertuples(index=False, name=None))
    assert shown == {column for column in columns if column[0] in published}
    texts = ["label_da", "label_en", "description_da", "description", "grain"]
    assert (frame[[*texts, "table_description_da", "table_description"]] != "").all(axis=None)
    # a word that is already in a label is not listed as a search word
    searched = frame[["table_label_da", "label_da", "search_words"]].agg(" ".join, axis=1)
    for word in ("tilskud", "fastholdelse", "SMV"):
        assert searched.str.contains(word, case=False).any(), word
