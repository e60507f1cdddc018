"""Show the proofs of many figures, with a line for each mart and the reasons for failures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from cli.output import console, print_indented, put
from klynge.lineage import Verdict
from klynge.lineage.result import STATUSES
from klynge.messages import counted, message, shown
from klynge.tracing.renderings import csv_text, format_key, json_text

_NAMES = ("mart", "rows", "cells", *STATUSES)
_HEADINGS = {
    "mart": message("mart"),
    "rows": message("rows"),
    "cells": message("cells"),
    "proved": message("proved"),
    "guarded": message("guarded"),
    "coarse": message("coarse"),
    "global": message("global"),
    "failed": message("failed"),
}


def show_verdicts(verdicts: Iterable[Verdict], form: str, out: Path | None) -> bool:
    """Show the verdict of each mart as soon as it is known; True if no figure failed."""
    if form == "text":
        return _show(verdicts)
    found = list(verdicts)
    if form == "json":
        put(json_text([asdict(verdict) for verdict in found]), out)
    else:
        put(csv_text(_NAMES, map(_line, found)), out)
    return not any(verdict.statuses.get("failed") for verdict in found)


def _show(verdicts: Iterable[Verdict]) -> bool:
    total: Counter[str] = Counter()
    names = "".join(f"{shown(_HEADINGS[name]):>10}" for name in _NAMES[1:])
    console.print(f"{shown(_HEADINGS['mart']):<44}{names}", style="bold")
    with console.status(shown(message("verifying"))):
        for verdict in verdicts:
            _show_mart(verdict)
            total.update(dict(zip(_NAMES[1:], _counts(verdict), strict=True)))
    console.print(_columns(message("all"), [total[name] for name in _NAMES[1:]]))
    wide = total["coarse"] + total["global"]
    share = 100 * wide / total["rows"] if total["rows"] else 0
    console.print(
        message(
            "{figures} in {rows}: {failed}; {share:.1f} % of the rows have more source rows than "
            "needed",
            figures=counted("{count:,} figure", "{count:,} figures", total["cells"]),
            rows=counted("{count:,} row", "{count:,} rows", total["rows"]),
            failed=counted("{count:,} row failed", "{count:,} rows failed", total["failed"]),
            share=share,
        ),
        style="red" if total["failed"] else "green",
    )
    return not total["failed"]


def _show_mart(verdict: Verdict) -> None:
    console.print(_columns(verdict.mart, _counts(verdict)))
    for key, status, reason in verdict.examples:
        print_indented(
            message(
                "{status}: {reason}; for example {key}",
                status=_HEADINGS[status],
                reason=reason,
                key=format_key(key),
            )
        )


def _columns(name: str, counts: Iterable[int]) -> str:
    """Make a line of the table from a name and the counts below their headings."""
    numbers = "".join(f"{shown(message('{count:,}', count=one)):>10}" for one in counts)
    return f"{shown(name):<44}{numbers}"


def _line(verdict: Verdict) -> tuple[str | int, ...]:
    return verdict.mart, *_counts(verdict)


def _counts(verdict: Verdict) -> tuple[int, ...]:
    statuses = (verdict.statuses.get(status, 0) for status in STATUSES)
    return verdict.rows, verdict.cells, *statuses
