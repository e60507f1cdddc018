"""The Data Docs: every expectation with its result, and nothing from outside."""

import html
import re

import pytest

from expectations import data_docs
from expectations.check import no_row_breaks
from expectations.gate import gate_suites
from klynge.quality import CheckResult
from klynge.runs import Run

RUN = Run("a-run", "2026-01-01T02:00:00+00:00")
#: Whatever makes a browser fetch or follow something.
REFERENCE = re.compile(r"""(?:href|src|srcset|action|data|poster)\s*=\s*["']?([^"'\s>]+)""")


def verdict(check, **found):
    result = {"passed": True, "observed": "as expected", "failing_rows": [], "failing_count": 0}
    named = {"check_id": check.check_id, "looks_at": check.looks_at, "says": check.says}
    return CheckResult(**named, **{**result, "seconds": 0.1, "error": None, **found})


@pytest.fixture(scope="module")
def gate_pages(tmp_path_factory):
    """The pages of the real gate, with one failing check per suite."""
    folder = tmp_path_factory.mktemp("run") / "quality"
    suites = gate_suites()
    results = []
    for first, *others in suites.values():
        row = {"figure_id": "doc#c1", "source": "a.txt line 9: 7"}
        results.append(verdict(first, passed=False, failing_rows=[row], failing_count=1))
        results += [verdict(check) for check in others]
    data_docs.write(folder, RUN, suites, results)
    return folder


def text_of(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", page.read_text("utf-8"))))


def test_no_page_refers_to_anything_outside(gate_pages):
    pages = list(gate_pages.glob("*.html"))
    assert len(pages) == 1 + len(gate_suites())
    for page in pages:
        content = page.read_text("utf-8")
        for target in REFERENCE.findall(content):
            assert (gate_pages / target).is_file(), f"{page.name} refers to {target}"
        assert not re.search(r"<(script|iframe|img|base|meta[^>]*http-equiv)", content)
    for sheet in [*pages, gate_pages / "style.css"]:
        assert not re.search(r"url\(|@import|https?:", sheet.read_text("utf-8")), sheet.name


def test_every_expectation_is_there_with_its_result(gate_pages):
    index = text_of(gate_pages / "index.html")
    for name, checks in gate_suites().items():
        page = text_of(gate_pages / f"{name}.html")
        for check in checks:
            assert check.check_id in page
            assert check.check_id in index
            assert check.says in page
            assert check.looks_at in page
        assert "a.txt line 9: 7" in page
        assert "as expected" in page
    assert f"{len(gate_suites())} failed" in index


def test_great_expectations_says_what_is_expected(gate_pages):
    assert "values must be greater than 0" in text_of(gate_pages / "marts.html")
    assert "sum(weight_numerator) as they_add_up_to" in text_of(gate_pages / "call.html")


def test_what_the_data_say_is_shown_and_not_obeyed(tmp_path):
    check = no_row_breaks(
        check_id="rule",
        looks_at="core.t",
        says="Less is <b>more</b>, for $5.",
        broken_by="select k from {batch} where k = '<script>$k</script>'",
        keys=("k",),
    )
    nasty = "<script>alert('${k}')</script>"
    result = verdict(
        check, passed=False, observed=nasty, failing_rows=[{"k": nasty}], error=f"no {nasty}"
    )
    data_docs.write(tmp_path / "quality", RUN, {"suite": [check]}, [result])
    for name in ("index", "suite"):
        page = tmp_path / "quality" / f"{name}.html"
        assert not re.search(r"<script|<b>", page.read_text("utf-8"))
        assert check.says in text_of(page)
        assert nasty in text_of(page)
