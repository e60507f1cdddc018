"""What came of proving many figures: a line for each mart, and why any is not simply proved."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import get_args

from cli.output import console, put
from klynge.errors import InputError
from klynge.lineage.result import Status, Verdict
from klynge.tracing.report import as_json, plain

_STATUSES: tuple[Status, ...] = get_args(Status)
_NAMES = ("mart", "rows", "cells", *_STATUSES)


def show_verdicts(verdicts: Iterable[Verdict], form: str, out: Path | None) -> bool:
    """Tell what came of each mart, as it comes; whether no figure failed."""
    if form == "html":
        raise InputError("--verify answers as text, json or csv")
    if form == "text" and out is not None:
        raise InputError("--out writes json or csv: say which, with --format")
    return _show(verdicts) if form == "text" else _write(list(verdicts), form, out)


def _write(verdicts: list[Verdict], form: str, out: Path | None) -> bool:
    if form == "json":
        put(as_json([asdict(verdict) for verdict in verdicts]), out)
    else:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(_NAMES)
        writer.writerows(map(_line, verdicts))
        put(text.getvalue(), out)
    return not any(verdict.statuses.get("failed") for verdict in verdicts)


def _show(verdicts: Iterable[Verdict]) -> bool:
    total: Counter[str] = Counter()
    console.print(f"{'mart':<44}" + "".join(f"{name:>9}" for name in _NAMES[1:]), style="bold")
    with console.status("verifying"):
        for verdict in verdicts:
            mart, *counts = _line(verdict)
            console.print(f"{mart:<44}" + "".join(f"{count:>9,}" for count in counts))
            for key, status, reason in verdict.examples:
                said = " ".join(f"{name}={plain(value)}" for name, value in key.items())
                console.print(f"  {status}: {reason}; such as {said}", soft_wrap=True)
            total.update(dict(zip(_NAMES[1:], counts, strict=True)))
    console.print(f"{'all':<44}" + "".join(f"{total[name]:>9,}" for name in _NAMES[1:]))
    wide = total["coarse"] + total["global"]
    share = 100 * wide / total["rows"] if total["rows"] else 0
    console.print(
        f"{total['cells']:,} figures in {total['rows']:,} rows: {total['failed']:,} rows failed, "
        f"{share:.1f} % rest on more rows than are needed",
        style="red" if total["failed"] else "green",
    )
    return not total["failed"]


def _line(verdict: Verdict) -> tuple[str | int, ...]:
    statuses = (verdict.statuses.get(status, 0) for status in _STATUSES)
    return verdict.mart, verdict.rows, verdict.cells, *statuses
