"""What two releases were made from differently: submissions, documents, reference data, models.

Each change is one thing that can be the cause of a figure's difference; it knows which tables at
the head of the models it is about, and which of their rows.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klynge.intake.contracts import read_contracts
from klynge.lineage.models import CompiledModels, Model
from klynge.print import documents
from klynge.releases.reading import CONTRACTS, Release
from klynge.releases.row_differences import (
    ADDED,
    CHANGED,
    WITHDRAWN,
    RowComparer,
    RowDifference,
    Table,
    condition,
)

DOCUMENT, LOAD, REFERENCE, MODEL, PROGRAM = "document", "load", "reference", "model", "program"

#: Of each table, no more rows than these are named one by one; all are counted.
NAMED_ROWS = 1000

#: Tables that hold a document's rows, and what tells them apart.
_OF_DOCUMENTS = {
    **{f"raw.{dataset}": ("source_row_key",) for dataset in documents.DATASETS},
    "raw.documents": ("document_id",),
    "raw.document_tables": ("document_id", "table_id"),
}
#: What a submission's row tells of the file it came in, besides what it says.
_PROVENANCE = frozenset({"source_row_key", "load_id", "correction_no"})
_SOURCE = "source_row_key"


@dataclass(frozen=True)
class ChangedRow:
    """One row of the raw zone or of a reference file that is not the same in both releases."""

    table: str
    difference: RowDifference

    @property
    def name(self) -> str:
        """The row for a person: its source, or the file and its key."""
        sources = [source for source in self.difference.sources if source]
        if sources:
            return " → ".join(dict.fromkeys(sources))
        key = ", ".join(f"{name}={value}" for name, value in self.difference.key.items())
        return f"{self.table.partition('.')[2]} ({key})"


@dataclass(frozen=True)
class Change:
    """One thing that is different in what two releases were made from."""

    kind: str
    name: str
    #: what is different in it: files with another hash, loads that took another's place
    says: str = ""
    #: the tables at the head of the models, or the model; each with its rows as an SQL condition
    tables: Mapping[str, str] = field(default_factory=dict)
    loads_before: tuple[str, ...] = ()
    loads_after: tuple[str, ...] = ()
    #: whether a file took another's place; when it is tried, its rows are counted to the load that
    #: was there, so that nothing is computed again only because a load has another name
    replaces: bool = False
    #: how many rows are added, withdrawn, changed
    counts: Mapping[str, int] = field(default_factory=dict)
    #: the first of them; only where both releases have a version of the same file
    rows: tuple[ChangedRow, ...] = ()

    @property
    def heads(self) -> frozenset[str]:
        """The tables that are not the same with the change made."""
        with_loads = (self.loads_before or self.loads_after) and not self.replaces
        return frozenset({*self.tables, *(["raw.loads"] if with_loads else [])})

    @property
    def is_input(self) -> bool:
        """Whether it is about what went in, not about the code."""
        return self.kind in (DOCUMENT, LOAD, REFERENCE)


def merge_changes(changes: Sequence[Change]) -> Change:
    """Changes of one kind as one, to be tried at once."""
    if len(changes) == 1:
        return changes[0]
    tables: dict[str, list[str]] = {}
    for change in changes:
        for table, condition_ in change.tables.items():
            tables.setdefault(table, []).append(f"({condition_})")
    return Change(
        kind=changes[0].kind,
        name=", ".join(change.name for change in changes),
        tables={table: " or ".join(found) for table, found in tables.items()},
        loads_before=tuple(load for change in changes for load in change.loads_before),
        loads_after=tuple(load for change in changes for load in change.loads_after),
    )


def find_input_changes(
    before: Release, after: Release, models: CompiledModels, comparer: RowComparer
) -> list[Change]:
    """What went into two releases differently; ``comparer`` holds their databases."""
    return [
        *_load_changes(before, after, comparer),
        *_reference_changes(before, after, models, comparer),
    ]


def find_model_changes(before: CompiledModels, after: CompiledModels) -> list[Change]:
    """The models that compute something else, or are in one of the releases only."""
    found = []
    for name in sorted({*before, *after}):
        if name not in before:
            found.append(Change(MODEL, name, ADDED, {name: "true"}))
        elif name not in after:
            found.append(Change(MODEL, name, WITHDRAWN, {name: "true"}))
        elif _computes(before[name]) != _computes(after[name]):
            found.append(Change(MODEL, name, CHANGED, {name: "true"}))
    return found


def _computes(model: Model) -> tuple[str, dict[str, str]]:
    return model.sql, model.contract


def _load_changes(before: Release, after: Release, comparer: RowComparer) -> Iterator[Change]:
    old, new = _slots(before), _slots(after)
    keys = {name: c.key for name, c in read_contracts(after.path / CONTRACTS).items()}
    for slot in sorted({*old, *new}):
        entries_before, entries_after = old.get(slot, []), new.get(slot, [])
        if [_rests_on(e) for e in entries_before] == [_rests_on(e) for e in entries_after]:
            continue
        kind, *about = slot
        if kind == DOCUMENT:
            [document_id] = about
            name = document_id
            where = condition([("document_id", document_id)])
            tables = [
                Table(table, key, where=where, source=_SOURCE if _SOURCE in key else None)
                for table, key in _OF_DOCUMENTS.items()
            ]
        else:
            dataset, reporter, period = about
            name = f"{dataset} of {reporter}, {period}"
            where = condition([("reporter", reporter), ("period", period)])
            key = ("reporter", "period", *keys.get(dataset, (_SOURCE,)))
            tables = [Table(f"raw.{dataset}", key, _PROVENANCE, where, _SOURCE)]
        replaces = bool(entries_before) and bool(entries_after)
        yield Change(
            kind=kind,
            name=name,
            says=_files(entries_before, entries_after),
            tables={table.name: table.where for table in tables},
            loads_before=tuple(entry["load_id"] for entry in entries_before),
            loads_after=tuple(entry["load_id"] for entry in entries_after),
            counts=_total(comparer.count(table) for table in tables),
            replaces=replaces,
            rows=tuple(_named_rows(comparer, tables)) if replaces else (),
        )


def _reference_changes(
    before: Release, after: Release, models: CompiledModels, comparer: RowComparer
) -> Iterator[Change]:
    old, new = (release.manifest["inputs"]["reference"] for release in (before, after))
    for file in sorted({*old, *new}):
        if old.get(file) == new.get(file):
            continue
        seed = file.removesuffix(".csv")
        columns = tuple(models.seeds.get(seed, ()))
        staged = models.get(f"staging.stg_{seed}")
        keyed = staged is not None and set(staged.grain) <= set(columns)
        table = Table(f"reference.{seed}", staged.grain if staged and keyed else columns)
        if not columns:
            continue
        yield Change(
            kind=REFERENCE,
            name=file,
            says=ADDED if file not in old else WITHDRAWN if file not in new else "",
            tables={table.name: "true"},
            counts=comparer.count(table),
            rows=tuple(_named_rows(comparer, [table])),
        )


def _named_rows(comparer: RowComparer, tables: Iterable[Table]) -> Iterator[ChangedRow]:
    for table in tables:
        for row in comparer.rows(table, NAMED_ROWS):
            yield ChangedRow(table.name, row)


def _slots(release: Release) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """The loads of a release by what they are about: a document, or a submission."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in release.manifest["inputs"]["loads"]:
        slot = (
            (DOCUMENT, entry["document_id"])
            if entry["basis"] == "published"
            else (LOAD, entry["dataset"], entry["reporter"], entry["period"])
        )
        found.setdefault(slot, []).append(entry)
    return found


def _rests_on(entry: dict[str, Any]) -> tuple[str, bool]:
    return entry["load_id"], bool(entry["erased"])


def _files(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> str:
    """The files that came, went, or have another hash."""
    old, new = (
        {name: digest for entry in entries for name, digest in entry["files"].items()}
        for entries in (before, after)
    )
    return ", ".join(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _total(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for kind, count in one.items():
            total[kind] = total.get(kind, 0) + count
    return total
