"""Great Expectations' Data Docs of a gate: suites, expectations and what was found, as pages.

The expectations are put into words by Great Expectations' own renderers and its view. Only the
frame of a page is ours, in ``templates/``: theirs fetches styles and scripts from six hosts, and
without them shows nothing.
"""

import html
import re
import shutil
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, cast

from great_expectations.core import ExpectationValidationResult
from great_expectations.render import (
    CollapseContent,
    RenderedComponentContent,
    RenderedDocumentContent,
    RenderedSectionContent,
    RenderedStringTemplateContent,
    RenderedTableContent,
    TextContent,
)
from great_expectations.render.renderer.content_block import (
    ValidationResultsTableContentBlockRenderer,
)
from great_expectations.render.view import DefaultJinjaPageView
from jinja2 import ChoiceLoader, FileSystemLoader

from expectations.check import Check
from klynge.home import UNFINISHED, machine_errors
from klynge.quality import CheckResult, worst_first
from klynge.runs import Run

_TEMPLATES = Path(__file__).with_name("templates")


class _OwnFrame(DefaultJinjaPageView):
    """Great Expectations' view, with our templates where we have one of that name."""

    def __init__(self) -> None:
        super().__init__()
        theirs: Any = self.env.loader
        self.env.loader = ChoiceLoader([FileSystemLoader(_TEMPLATES), theirs])

    def page(self, document: RenderedDocumentContent, **frame: Any) -> str:
        """The page of a document; ``frame`` is what our templates show around it."""
        return str(self.render(document, **frame))  # type: ignore[no-untyped-call]


def write(
    folder: Path, run: Run, suites: Mapping[str, Sequence[Check]], results: Sequence[CheckResult]
) -> None:
    """Write ``index.html`` and a page for each suite into ``folder``, which appears whole.

    ``results`` holds one result for each check of the suites. The pages refer to nothing but one
    another.
    """
    by_check = {result.check_id: result for result in results}
    found = {name: [by_check[c.check_id] for c in checks] for name, checks in suites.items()}
    frame = {"run": run, "suites": found, "worst": worst_first(results)}
    view = _OwnFrame()
    draft = folder.with_name(f"{UNFINISHED}{folder.name}")
    with machine_errors(str(folder)):
        draft.mkdir()
        for name, checks in suites.items():
            page = view.page(_document(checks, by_check), title=name, **frame)
            (draft / f"{name}.html").write_text(page, encoding="utf-8")
        index = view.page(RenderedDocumentContent(sections=[]), title="Gate", **frame)
        (draft / "index.html").write_text(index, encoding="utf-8")
        shutil.copy(_TEMPLATES / "style.css", draft)
        draft.rename(folder)


def _document(
    checks: Sequence[Check], results: Mapping[str, CheckResult]
) -> RenderedDocumentContent:
    """One section for each table that a suite looks at."""
    by_table = groupby(sorted(checks, key=lambda c: c.looks_at), key=lambda c: c.looks_at)
    return RenderedDocumentContent(
        sections=[
            RenderedSectionContent(
                section_name=table,
                content_blocks=[_table([(check, results[check.check_id]) for check in judged])],
            )
            for table, judged in by_table
        ]
    )


def _table(judged: Sequence[tuple[Check, CheckResult]]) -> RenderedTableContent:
    """Great Expectations' table of results, with our sentence and the failing rows in it."""
    verdicts = [
        ExpectationValidationResult(
            success=result.passed,
            expectation_config=check.expectation.configuration,
            result={"observed_value": html.escape(result.observed)},
        )
        for check, result in judged
    ]
    table = cast(
        "RenderedTableContent", ValidationResultsTableContentBlockRenderer.render(verdicts)
    )
    for row, (_, result) in zip(table.table, judged, strict=True):
        status, expectation, observed = row
        row[:] = [status, _explained(result, expectation), observed]
    return table


def _explained(result: CheckResult, expectation: Any) -> list[RenderedComponentContent]:
    blocks: list[RenderedComponentContent] = [
        TextContent([html.escape(result.says)]),
        CollapseContent(
            collapse=expectation if isinstance(expectation, list) else [expectation],
            collapse_toggle_link=result.check_id,
        ),
    ]
    if result.error:
        shown = {"template": "$error", "params": {"error": result.error}, "tag": "p"}
        styled = {**shown, "styling": {"classes": ["error"]}}
        blocks.append(RenderedStringTemplateContent(string_template=styled))
    if result.failing_rows:
        rows = [[_breakable(value) for value in row.values()] for row in result.failing_rows]
        header = [_breakable(column) for column in result.failing_rows[0]]
        blocks.append(RenderedTableContent(table=rows, header_row=header))
    return blocks


def _breakable(text: str) -> str:
    """Text of a cell; identifiers may be broken where they are put together, numbers nowhere."""
    return re.sub(r"([._#])(?!\d+$)", r"\1<wbr>", html.escape(text))
