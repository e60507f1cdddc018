"""Read a page as its reader does: its numbers, the addresses that they lead to, its sections."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

from dashboard.formats import format_value
from klynge.messages import Language

#: The paths of the pages that show figures.
PATHS = (
    "/",
    "/klynger",
    "/klynger/clean",
    "/omraader",
    "/aktiviteter",
    "/finansiering",
    "/performanceregnskab",
    "/ansoegninger",
    "/fordeling",
)


@dataclass
class Link:
    """A link with its text; in a chart, ``label`` is its name for a screen reader."""

    href: str
    text: str = ""
    label: str = ""


@dataclass
class ReadPage(HTMLParser):
    """The parts of a page that tests look at."""

    links: list[Link] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    language: str = ""

    def __post_init__(self):
        super().__init__()
        self._heading = False
        self._link = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"]
        if tag in ("h1", "h2"):
            self._heading = True
            self.headings.append("")
        if tag == "a":
            self._link = Link(given["href"], label=given.get("aria-label", ""))
            self.links.append(self._link)

    def handle_endtag(self, tag):
        if tag in ("h1", "h2"):
            self._heading = False
        if tag == "a":
            self._link = None

    def handle_data(self, data):
        if self._link is not None:
            self._link.text += data
        if self._heading:
            self.headings[-1] += data

    @property
    def numbers(self):
        """The links that lead to the page of a number."""
        return [one for one in self.links if "/tal/" in urlsplit(one.href).path]


def read(response):
    """Read a response that must be a page."""
    assert response.status_code == 200, (response.url, response.text[:2000])
    page = ReadPage()
    page.feed(response.text)
    return page


class Cells:
    """The numbers of a release by the addresses of their pages."""

    def __init__(self, release, connection):
        self._release = release
        self._connection = connection
        self._tables = {}

    def text(self, href, language):
        """The number that an address names, as a page writes it."""
        parts = urlsplit(href)
        mart, column = parts.path.split("/")[-2:]
        key = dict(parse_qsl(parts.query, keep_blank_values=True))
        key.pop("release", None)
        grain, rows = self._read(mart)
        assert set(key) == set(grain), href
        return format_value(rows[tuple(key[one] for one in grain)][column], Language(language))

    def _read(self, mart):
        if mart not in self._tables:
            found = self._release.find_table(mart)
            name = f"{found['schema']}.{found['table']}"
            grain = self._release.describe(name).grain
            rows = self._connection.execute(f"from {name}").to_arrow_table().to_pylist()
            by_key = {tuple(_as_text(row[one]) for one in grain): row for row in rows}
            assert len(by_key) == len(rows)
            self._tables[mart] = grain, by_key
        return self._tables[mart]


def _as_text(value):
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
