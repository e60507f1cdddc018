"""Describe an answer for its reader, in Danish: release, basis, sources and columns."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from klynge.exports.answers import Answer
from klynge.exports.codes import named_codes
from klynge.messages import Language, local_time, shown
from klynge.releases.bases import SAMPLE, bases_of, basis_column
from klynge.releases.descriptions import TableDescription
from klynge.releases.table_texts import describe_sum
from klynge.words import UNITS

_BASES = {
    "published": "trykt i et dokument",
    "reported": "indberettet",
    SAMPLE: "opdigtede eksempeldata, ikke virkelige tal",
}

_IN_DANISH = "Beskrivelse"
#: The heading of descriptions without a Danish text, as releases of an older version have them.
_IN_ENGLISH = "Beskrivelse (engelsk)"


def describe_answer(answer: Answer) -> Iterator[tuple[str, ...]]:
    """Yield lines of cells about the rows, the sources, each column, the codes and the SQL."""
    release = answer.release
    manifest = release.manifest
    yield "Udgivelse", release.release_id
    yield "Dannet", shown(local_time(manifest["created_at"]), Language.da)
    if manifest.get("as_of"):
        yield "Viser det, der var kendt", shown(local_time(manifest["as_of"]), Language.da)
    for name, table in answer.tables.items():
        yield from _describe_table("Nøgletal" if answer.is_metric else "Tabel", name, table)
    for note in answer.notes:
        yield "Bemærk", str(shown(note, Language.da)).removeprefix("bemærk: ")
    yield "Rækker", str(answer.rows.num_rows)
    yield from _describe_basis(answer)
    yield ()
    yield from _describe_sources(answer)
    yield ()
    yield from _describe_columns(answer)
    codes = [*named_codes(answer)]
    if codes:
        yield ()
        yield "Koder", "Kode", "Betydning"
        yield from codes
    if answer.sql is not None:
        yield ()
        yield "SQL", answer.sql


def _describe_table(kind: str, name: str, table: TableDescription) -> Iterator[tuple[str, ...]]:
    """Yield name, Danish label and description. The description is in Danish if there is one."""
    yield kind, name
    if table.label_da:
        yield "Betegnelse", table.label_da
    if table.description_da:
        yield _IN_DANISH, table.description_da
    else:
        yield _IN_ENGLISH, table.description


def _describe_basis(answer: Answer) -> Iterator[tuple[str, ...]]:
    column = basis_column(answer.rows.column_names)
    if column:
        counted = Counter(answer.rows[column].to_pylist())
        for basis, rows in sorted((b, n) for b, n in counted.items() if b):
            count = f"{rows} række{'r' if rows > 1 else ''}"
            yield "Grundlag", f"{basis}: {_BASES.get(basis, basis)}", count
        if len(counted) > 1:
            yield "", "Læg aldrig rækker med forskelligt grundlag sammen."
        return
    content = answer.release.manifest["basis"]
    if content["contains_sample"]:
        yield "Grundlag", "Udgivelsen indeholder også opdigtede eksempeldata."


def _describe_sources(answer: Answer) -> Iterator[tuple[str, ...]]:
    """Yield the printed documents and the submissions that can have given the rows."""
    # rows without a basis column may have any basis
    bases = bases_of(answer.rows) or [*_BASES]
    yield "Kilder", "Titel", "Udgiver", "Udgivet", "Fil", "SHA-256"
    for document in _documents(answer) if "published" in bases else ():
        yield "", *(str(document[key] or "") for key in _DOCUMENT)
    loads = answer.release.manifest["inputs"]["loads"] if "reported" in bases else ()
    reported = Counter(load["dataset"] for load in loads if load["basis"] == "reported")
    for dataset, count in sorted(reported.items()):
        yield "", f"Indberetninger: {dataset}", f"{count} indlæsning{'er' if count > 1 else ''}"


_DOCUMENT = ("title", "publisher", "published", "file_name", "sha256")


def _documents(answer: Answer) -> list[dict[str, Any]]:
    """The printed documents that the rows name; all documents if the rows name none."""
    if "core.dim_document" not in {
        f"{t['schema']}.{t['table']}" for t in answer.release.manifest["tables"]
    }:
        return []
    found = answer.release.arrow("from core.dim_document order by document_id").to_pylist()
    if "document_id" not in answer.rows.column_names:
        return list(found)
    named = set(answer.rows["document_id"].to_pylist())
    return [document for document in found if document["document_id"] in named]


def _describe_columns(answer: Answer) -> Iterator[tuple[str, ...]]:
    """Yield a line for each column. The descriptions are in Danish if all have a Danish text."""
    described = [column for column in answer.columns if column.description]
    is_danish = all(column.description_da for column in described)
    last = [_IN_DANISH if is_danish else _IN_ENGLISH] if described else []
    yield "Kolonner", "Navn", "Enhed", "Må lægges sammen", *last
    for heading, name, column in zip(
        answer.headings, answer.rows.column_names, answer.columns, strict=True
    ):
        unit = shown(UNITS.get(column.unit, column.unit), Language.da)
        how = shown(describe_sum(column.sum), Language.da) if column.sum else ""
        yield heading, name, unit, how, column.text("da" if is_danish else "en")
