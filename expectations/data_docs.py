"""Great Expectations' Data Docs of a gate, as pages that need no network.

Great Expectations' own renderers describe each expectation, and its view makes the tables. The
frame around them comes from the project's ``templates/``, because Great Expectations' own frame
fetches styles and scripts from six hosts, and shows nothing without a network.
"""

import html
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from great_expectations.checkpoint import CheckpointResult
from great_expectations.core import ExpectationValidationResult
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
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

from expectations.declaration import check_id, core_type
from klynge.home import UNFINISHED, machine_errors
from klynge.quality import CheckResult, worst_first
from klynge.runs import Run

_TEMPLATES = Path(__file__).with_name("templates")


class OfflinePageView(DefaultJinjaPageView):
    """Great Expectations' view, with the project's templates in place of its own."""

    def __init__(self) -> None:
        super().__init__()
        theirs: Any = self.env.loader
        self.env.loader = ChoiceLoader([FileSystemLoader(_TEMPLATES), theirs])

    def page(self, document: RenderedDocumentContent, **frame: Any) -> str:
        """Render a document as a page; ``frame`` has the values for the surrounding templates."""
        return str(self.render(document, **frame))  # type: ignore[no-untyped-call]


def write(
    folder: Path, run: Run, validated: CheckpointResult, results: Sequence[CheckResult]
) -> None:
    """Write ``index.html`` and one page for each suite. ``folder`` appears when all are written.

    ``results`` describes each result of ``validated``, with the sources of failing rows.
    """
    by_check = {result.check_id: result for result in results}
    verdicts = {str(r.suite_name): r.results for r in validated.run_results.values()}
    found = {
        table: [result for result in results if result.looks_at == table] for table in verdicts
    }
    frame = {"run": run, "suites": found, "worst": worst_first(results)}
    view = OfflinePageView()
    draft = folder.with_name(f"{UNFINISHED}{folder.name}")
    with machine_errors(str(folder)):
        draft.mkdir()
        for table, judged in verdicts.items():
            section = RenderedSectionContent(content_blocks=[_table(judged, by_check)])
            page = view.page(RenderedDocumentContent(sections=[section]), title=table, **frame)
            (draft / f"{table}.html").write_text(page, encoding="utf-8")
        index = view.page(RenderedDocumentContent(sections=[]), title="Gate", **frame)
        (draft / "index.html").write_text(index, encoding="utf-8")
        shutil.copy(_TEMPLATES / "style.css", draft)
        draft.rename(folder)


def _table(
    verdicts: Sequence[ExpectationValidationResult], results: Mapping[str, CheckResult]
) -> RenderedTableContent:
    """Make Great Expectations' table of results, and add descriptions and failing rows."""
    judged = [(v, results[_check_id(v)]) for v in verdicts]
    observed = [
        ExpectationValidationResult(
            success=result.passed,
            expectation_config=_in_core_terms(verdict),
            result={"observed_value": html.escape(result.observed)},
        )
        for verdict, result in judged
    ]
    table = cast(
        "RenderedTableContent", ValidationResultsTableContentBlockRenderer.render(observed)
    )
    for row, (_, result) in zip(table.table, judged, strict=True):
        status, expectation, found = row
        row[:] = [status, _explained(result, expectation), found]
    return table


def _check_id(verdict: ExpectationValidationResult) -> str:
    config = verdict.expectation_config
    return check_id(config.to_domain_obj()) if config else ""


def _in_core_terms(verdict: ExpectationValidationResult) -> ExpectationConfiguration:
    """Describe the expectation as one of Great Expectations' own class, with its values as kwargs.

    Of a subclass, the renderers would show only the description, not the query or the bounds.
    """
    config = cast("ExpectationConfiguration", verdict.expectation_config)
    expectation, core = config.to_domain_obj(), core_type(config.to_domain_obj())
    values = {name: getattr(expectation, name) for name in core.__fields__}
    shown = {k: v for k, v in values.items() if k in core.success_keys or k in core.domain_keys}
    return ExpectationConfiguration(type=core.expectation_type, kwargs={**shown, "batch_id": None})


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
    """Escape a cell's text; allow line breaks after ``.``, ``_`` and ``#``, but not in numbers."""
    return re.sub(r"([._#])(?!\d+$)", r"\1<wbr>", html.escape(text))
