"""The Data Docs show every expectation with its result, and load nothing from the network."""

import html
import re

import duckdb
import pytest
from great_expectations.expectations import UnexpectedRowsExpectation

from expectations import data_docs
from expectations.checkpoint import run_checkpoint
from expectations.declaration import build_suite, check_id
from expectations.gate import gate_suites, run_gate
from klynge.metrics.declarations import Catalogue
from klynge.quality import CheckResult
from klynge.runs import Run

RUN = Run("a-run", "2026-01-01T02:00:00+00:00")
#: Matches HTML that makes a browser load or open an address.
REFERENCE = re.compile(r"""(?:href|src|srcset|action|data|poster)\s*=\s*["']?([^"'\s>]+)""")


def verdict(check, table, **found):
    result = {"passed": True, "observed": "as expected", "failing_rows": [], "failing_count": 0}
    named = {"check_id": check_id(check), "looks_at": table, "says": check.description}
    return CheckResult(**named, **{**result, "seconds": 0.1, "error": None, **found})


@pytest.fixture(scope="module")
def gate_pages(tmp_path_factory):
    """Write the pages of the real gate on an empty database.

    The first check of each table fails.
    """
    database = tmp_path_factory.mktemp("empty") / "klyngedata.duckdb"
    duckdb.connect(database).close()
    folder = tmp_path_factory.mktemp("run") / "quality"
    results = []
    for suite in gate_suites():
        first, *others = suite.expectations
        row = {"figure_id": "doc#c1", "source": "a.txt line 9: 7"}
        results.append(
            verdict(first, suite.name, passed=False, failing_rows=[row], failing_count=1)
        )
        results += [verdict(check, suite.name) for check in others]
    data_docs.write(folder, RUN, run_gate(database, Catalogue({}, {})), results)
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
    for suite in gate_suites():
        page = text_of(gate_pages / f"{suite.name}.html")
        for check in suite.expectations:
            assert check_id(check) in page
            assert check_id(check) in index
            assert check.description in page
        assert suite.name in page
        assert "a.txt line 9: 7" in page
        assert "as expected" in page or len(suite.expectations) == 1
    assert f"{len(gate_suites())} failed" in index


def test_great_expectations_says_what_is_expected(gate_pages):
    assert "values must be greater than 0" in text_of(
        gate_pages / "evaluation.mart_activity_attendance.html"
    )
    assert "sum(weight_numerator) as sum_of_numerators" in text_of(
        gate_pages / "core.dim_criterion.html"
    )
    drift = text_of(gate_pages / "evaluation.mart_participant_profile.html")
    assert "the table has at least 90 per cent of the rows that it has in the current" in drift


def test_what_the_data_say_is_shown_and_not_obeyed(tmp_path):
    check = UnexpectedRowsExpectation(
        description="Less is <b>more</b>, for $5.",
        unexpected_rows_query="select k from {batch} where k = '<script>$k</script>'",
        meta={"check_id": "rule"},
    )
    database = tmp_path / "klyngedata.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute("create schema core; create table core.t (k varchar)")
    validated = run_checkpoint(database, "gate", [build_suite("core.t", [check])])
    nasty = "<script>alert('${k}')</script>"
    result = verdict(
        check,
        "core.t",
        passed=False,
        observed=nasty,
        failing_rows=[{"k": nasty}],
        error=f"no {nasty}",
    )
    data_docs.write(tmp_path / "quality", RUN, validated, [result])
    for name in ("index", "core.t"):
        page = tmp_path / "quality" / f"{name}.html"
        assert not re.search(r"<script|<b>", page.read_text("utf-8"))
        assert check.description in text_of(page)
        assert nasty in text_of(page)
