"""``klynge verify-documents``: every printed cell stands where the warehouse says it does."""

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
    documents: Annotated[Path, typer.Option(help="The folder of the documents' texts.")],
) -> None:
    """Compare every transcribed cell with its document, and every numeral with the cells."""
    if not documents.is_dir():
        raise InputError(f"{documents} is no folder: name the one that holds the documents' texts")
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
    failures = sum(len(r.failures) for r in results)
    console.print(f"\n{cells} cells in {len(results)} documents, {failures} failures")
    if failures:
        for result in results:
            if result.failures:
                errors.print(failure_message(result))
        raise typer.Exit(1)


def _compare_with_release() -> None:
    """Whether the release's values, computed in SQL, are those the parser reads."""
    home = Home.from_environment()
    if not (home.releases / "current").exists():
        console.print("\nno release yet: its values are compared once one is published")
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
