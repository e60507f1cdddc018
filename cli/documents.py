"""``klynge verify-documents``: check that every printed cell is on its line of the document."""

from pathlib import Path
from typing import Annotated

import duckdb
import typer

from cli.output import console, errors, show_table
from klynge import checkout
from klynge.errors import InputError
from klynge.home import Home
from klynge.print.transcription import read_transcriptions
from klynge.print.values import compare_values
from klynge.print.verification import Verification, failure_message, verify
from klynge.releases.reading import open_release


def verify_documents(
    documents: Annotated[Path, typer.Option(help="The folder with the documents' texts.")],
) -> None:
    """Check that each cell is in its document, and that each numeral has a cell or an exemption."""
    if not documents.is_dir():
        raise InputError(f"{documents} is not a folder: name the folder with the documents' texts")
    results = [verify(t, documents) for t in read_transcriptions(checkout.SEEDS)]
    show_table(
        ("document", "table", "cells"),
        [
            (result.document_id, table, count)
            for result in results
            for table, count in sorted(result.cells_by_table.items())
        ],
    )
    console.print()
    show_table(
        ("document", "cells", "numerals", "transcribed", "passed over", "unaccounted", "failures"),
        [_summary(result) for result in results],
    )
    _compare_with_release()
    cells = sum(r.cells_by_table.total() for r in results)
    failures = sum(len(result.failures) for result in results)
    console.print(f"\n{cells} cells in {len(results)} documents, {failures} failures")
    _require_no_failures(results)


def _require_no_failures(results: list[Verification]) -> None:
    failed = [result for result in results if result.failures]
    for result in failed:
        errors.print(failure_message(result))
    if failed:
        raise typer.Exit(1)


def _compare_with_release() -> None:
    """Compare the values that SQL computed in the release with those of the Python parser."""
    home = Home.from_environment()
    if not (home.releases / "current").exists():
        console.print("\nnothing is published yet, so the values of the cells are not compared")
        return
    release = open_release(home=home)
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        cells, differing = compare_values(connection)
    for line in differing:
        errors.print(line)
    console.print(
        f"\nrelease {release.release_id}: macro and parser give the same value for "
        f"{cells - len(differing)} of {cells} cells"
    )
    if differing:
        raise typer.Exit(1)


def _summary(result: Verification) -> tuple[str | int, ...]:
    numerals = result.numerals
    passed = numerals.total() - numerals["transcribed"] - numerals["unaccounted"]
    return (
        result.document_id,
        result.cells_by_table.total(),
        numerals.total(),
        numerals["transcribed"],
        passed,
        numerals["unaccounted"],
        len(result.failures),
    )
