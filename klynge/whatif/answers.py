"""Write the outcome of a what-if as CSV, JSON or a workbook, with exact amounts."""

import csv
import io
import json
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import xlsxwriter

from klynge.messages import Language, current_language, message, shown
from klynge.whatif.headings import APPLICATION_HEADINGS, POT_HEADINGS, SHEETS, in_words
from klynge.whatif.what_if import Outcome

#: The text that a total line has in the organisation column.
TOTAL = "total"

#: Columns whose numbers are written as text, because a cell cannot hold all their digits.
_TOO_LONG = frozenset({"lambda_numerator", "lambda_denominator"})

#: For each rule, the formula of an award before the floor or the cap changes the award.
FORMULAS = {
    "proportional": message("lambda x score x amount applied for"),
    "proportional_above_minimum": message(
        "lambda x (score - minimum average) x amount applied for"
    ),
    "equal_share_capped": message("lambda kr."),
    "score_share_capped": message("lambda kr. x score"),
}


def lines(outcome: Outcome) -> Iterator[dict[str, Any]]:
    """Yield a line for each application, then a total for each grant type and for all."""
    yield from outcome.by_application.to_pylist()
    names = outcome.by_application.column_names
    for total in outcome.totals.to_pylist():
        share = {"share": _share(total["recommended_amount_kr"], total["applied_amount_kr"])}
        known = total | share | {"organisation_id": TOTAL}
        yield {name: known.get(name) for name in names}


def as_csv(outcome: Outcome) -> str:
    """Write the lines as CSV with decimal points, and with commas between columns."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, outcome.by_application.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: _as_text(value) for name, value in row.items()} for row in lines(outcome)
    )
    return text.getvalue()


def as_json(outcome: Outcome) -> str:
    """Write a JSON object with rule, pots, applications and totals. Decimals are strings."""
    content = {
        "rule": outcome.rule,
        "scope": outcome.scope,
        "pots": outcome.pots.to_pylist(),
        "applications": outcome.by_application.to_pylist(),
        "totals": outcome.totals.to_pylist(),
    }
    return json.dumps(content, ensure_ascii=False, indent=2, default=_as_text) + "\n"


def as_xlsx(outcome: Outcome) -> bytes:
    """Write an XLSX workbook in the language of the command.

    One sheet has the lines of the applications, and one sheet has the pots.
    """
    content = io.BytesIO()
    with xlsxwriter.Workbook(
        content, {"in_memory": True, "strings_to_formulas": False}
    ) as workbook:
        bold = workbook.add_format({"bold": True})
        amount = workbook.add_format({"num_format": "#,##0.00"})
        for title, headings, rows in (
            (SHEETS["applications"], APPLICATION_HEADINGS, list(lines(outcome))),
            (SHEETS["pots"], POT_HEADINGS, outcome.pots.to_pylist()),
        ):
            sheet = workbook.add_worksheet(shown(title))
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 20, 18)
            sheet.write_row(0, 0, [shown(headings[name]) for name in rows[0]], bold)
            for number, row in enumerate(rows, start=1):
                for place, (column, value) in enumerate(in_words(row).items()):
                    if column in _TOO_LONG and value is not None:
                        sheet.write_string(number, place, f"{value:f}")
                    elif column.endswith("_kr"):
                        sheet.write(number, place, value, amount)
                    else:
                        sheet.write(number, place, _as_cell(value))
    return content.getvalue()


def _as_cell(value: Any) -> Any:
    """Translate a message; in Danish, also write a truth value as yes or no."""
    if isinstance(value, bool) and current_language() is Language.da:
        value = message("yes") if value else message("no")
    return shown(value)


def _as_text(value: Any) -> Any:
    """Write a decimal as text with all digits; ``str`` would give a small number an exponent."""
    return f"{value:f}" if isinstance(value, Decimal) else value


def _share(recommended: Decimal, applied: Decimal) -> Decimal:
    return (recommended / applied).quantize(Decimal("0.000001"), ROUND_HALF_UP)
