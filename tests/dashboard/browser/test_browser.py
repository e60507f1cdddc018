"""What a reader does in a browser: read, filter, download, follow a number, use the keyboard."""

import io
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from python_calamine import CalamineWorkbook

from klynge.releases.reading import open_release
from tests.dashboard.browser.conftest import ALL_PAGES
from tests.dashboard.pages import PATHS, Cells, read

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: The pages without figures of their own.
OTHER_PATHS = ("/revision", "/kilder", "/data", "/kvalitet", "/soeg?q=clean")
READ_PATHS = (*PATHS, *OTHER_PATHS) if ALL_PAGES else ("/", "/fordeling")
#: The rules of WCAG 2.2 AA, and of good practice.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("path", READ_PATHS)
@pytest.mark.parametrize(("prefix", "language"), [("", "da"), ("/en", "en")])
def test_a_page_opens_without_barriers(visitor, path, prefix, language):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    tab = visitor.open(f"{prefix}{path}")
    assert tab.locator("html").get_attribute("lang") == language
    found = axe.run(tab, options={"runOnly": {"type": "tag", "values": RULES}})
    assert found.violations_count == 0, found.generate_report()
    visitor.check()


@pytest.mark.parametrize("path", READ_PATHS)
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_fits_the_screen(visitor, path, width):
    visitor.tab.set_viewport_size({"width": width, "height": 900})
    tab = visitor.open(path)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture(scope="module")
def cells(sampled):
    release = open_release(home=sampled)
    with release.connect() as connection:
        yield Cells(release, connection)


@pytest.mark.parametrize("path", [one for one in READ_PATHS if one in PATHS])
def test_the_numbers_that_a_reader_sees_are_those_of_the_release(any_visitor, cells, path):
    for prefix, language in (("", "da"), ("/en", "en")):
        tab = any_visitor.open(f"{prefix}{path}")
        shown = SimpleNamespace(status_code=200, text=tab.content(), url=path)
        numbers = [one for one in read(shown).numbers if not one.label]
        assert numbers
        for link in numbers:
            assert link.text.strip() == cells.text(link.href, language), link


def test_a_filter_changes_the_page_and_its_address(any_visitor):
    tab = any_visitor.open("/finansiering")
    choice = tab.locator("form.choices select").first
    name = choice.get_attribute("name")
    chosen = choice.evaluate("list => [...list.options].find(one => !one.selected).value")
    before = tab.locator("main").inner_text()
    choice.select_option(chosen)
    if tab.evaluate("typeof window.htmx") == "undefined":
        tab.locator("form.choices button[type=submit]").first.click()
    tab.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get(name) == [chosen])
    tab.wait_for_function("text => document.querySelector('main').innerText !== text", arg=before)
    after = tab.locator("main").inner_text()
    any_visitor.check()
    # the address opens the same view again
    tab.goto(tab.url)
    assert tab.locator("main").inner_text() == after


def test_a_table_is_downloaded_as_a_workbook_with_the_same_numbers(any_visitor):
    tab = any_visitor.open("/klynger")
    with tab.expect_download() as waiting:
        tab.locator("p.files a", has_text="Excel").first.click()
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(waiting.value.path().read_bytes()))
    assert workbook.sheet_names == ["Tal", "Om tallene"]
    rows = workbook.get_sheet_by_name("Tal").to_python()
    table = tab.locator("main section table").first
    assert len(rows) == 1 + table.locator("tbody tr").count()
    numbers = [cell for row in rows[1:] for cell in row if isinstance(cell, float)]
    assert len(numbers) >= 13


def test_every_link_and_field_is_reached_with_the_keyboard_alone(visitor):
    tab = visitor.open("/")
    reachable = tab.evaluate(
        "[...document.querySelectorAll('a[href], button, input, select, summary, [tabindex]')]"
        ".filter(one => one.tabIndex >= 0 && one.type !== 'hidden' && one.checkVisibility())"
        ".map((one, place) => (one.dataset.place = place)).length"
    )
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
    found = set()
    for _ in range(reachable):
        found.add(tab.evaluate("document.activeElement.dataset.place"))
        tab.keyboard.press("Tab")
    assert len(found) == reachable


def test_a_number_is_followed_to_the_line_of_its_document(any_visitor):
    tab = any_visitor.open("/")
    link = tab.locator("main section table a[href^='/tal/']").first
    number = link.inner_text()
    link.click()
    tab.wait_for_load_state()
    assert number in tab.locator("main").inner_text()
    for _ in range(30):
        if "dfir_2024" in tab.content() and "linje" in tab.locator("main").inner_text():
            break
        tab.wait_for_timeout(500)
        tab.goto(tab.url)
    assert "linje" in tab.locator("main").inner_text()
