"""Show the proof of many figures: a line for each mart, and the reasons of unproved rows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from cli.output import console, put
from klynge.lineage import Verdict
from klynge.lineage.result import STATUSES
from klynge.tracing.renderings import csv_text, format_key, json_text

_NAMES = ("mart", "rows", "cells", *STATUSES)


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
    console.print(f"{'mart':<44}" + "".join(f"{name:>9}" for name in _NAMES[1:]), style="bold")
    with console.status("verifying"):
        for verdict in verdicts:
            _show_mart(verdict)
            total.update(dict(zip(_NAMES[1:], _counts(verdict), strict=True)))
    console.print(f"{'all':<44}" + "".join(f"{total[name]:>9,}" for name in _NAMES[1:]))
    wide = total["coarse"] + total["global"]
    share = 100 * wide / total["rows"] if total["rows"] else 0
    console.print(
        f"{total['cells']:,} figures in {total['rows']:,} rows: {total['failed']:,} rows failed; "
        f"{share:.1f} % have more source rows than needed",
        style="red" if total["failed"] else "green",
    )
    return not total["failed"]


def _show_mart(verdict: Verdict) -> None:
    counts = "".join(f"{count:>9,}" for count in _counts(verdict))
    console.print(f"{verdict.mart:<44}{counts}")
    for key, status, reason in verdict.examples:
        console.print(f"  {status}: {reason}; for example {format_key(key)}", soft_wrap=True)


def _line(verdict: Verdict) -> tuple[str | int, ...]:
    return verdict.mart, *_counts(verdict)


def _counts(verdict: Verdict) -> tuple[int, ...]:
    statuses = (verdict.statuses.get(status, 0) for status in STATUSES)
    return verdict.rows, verdict.cells, *statuses
