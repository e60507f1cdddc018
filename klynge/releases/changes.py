"""Changes between the inputs and models of two releases.

A change is one submission, document, reference file or model that differs between the releases. A
change can cause a figure to differ. The change names the tables and rows that it concerns.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from klynge.intake.contracts import read_contracts
from klynge.intake.dataset_names import name_dataset
from klynge.lineage.models import CompiledModels, Model
from klynge.messages import message
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

#: At most this many changed rows of a table are listed; the counts include all changed rows.
NAMED_ROWS = 1000

#: For each table with rows of documents, the columns that identify a row.
_DOCUMENT_KEYS = {
    **{f"raw.{dataset}": ("source_row_key",) for dataset in documents.DATASETS},
    "raw.documents": ("document_id",),
    "raw.document_tables": ("document_id", "table_id"),
}
#: Tables with rows about the loads that count; each row has the column ``load_id``.
OF_LOADS = ("raw.loads", "raw.load_subjects", "raw.load_areas")
#: The table of all loads ever received. When the state of a load changes, so does its row.
LEDGER = "raw.ledger"
#: The table of the submissions that the calendar expects. It is made from the calendar's seeds.
EXPECTED = "raw.expected_submissions"
_CALENDAR_SEEDS = frozenset({"calls", "due_submissions", "reporters", "reporting_periods"})
#: Columns that say in which file a submitted row came. Rows that differ only here are equal.
_PROVENANCE = frozenset({"source_row_key", "load_id", "correction_no"})
_SOURCE = "source_row_key"


@dataclass(frozen=True)
class ChangedRow:
    """One row of the raw zone or of a reference file that differs between the releases."""

    table: str
    difference: RowDifference

    @property
    def name(self) -> str:
        """The name that a reader sees: the source row key, or else the file and the row's key."""
        sources = [source for source in self.difference.sources if source]
        if sources:
            return " → ".join(dict.fromkeys(sources))
        key = ", ".join(f"{name}={value}" for name, value in self.difference.key.items())
        return f"{self.table.partition('.')[2]} ({key})"


@dataclass(frozen=True)
class Change:
    """One input or model that differs between two releases."""

    kind: str
    name: str
    #: what differs, such as the names of the files whose hash has changed
    description: str = ""
    #: for each source table or model, an SQL condition on its rows
    tables: Mapping[str, str] = field(default_factory=dict)
    loads_before: tuple[str, ...] = ()
    loads_after: tuple[str, ...] = ()
    #: whether a file replaced another file. When such a change is tried, its rows keep the old load
    #: id, so that no figure differs merely because the load id differs
    replaces: bool = False
    #: the numbers of added, withdrawn and changed rows
    counts: Mapping[str, int] = field(default_factory=dict)
    #: the first changed rows; empty unless both releases have a version of the same file
    rows: tuple[ChangedRow, ...] = ()

    @property
    def changed_tables(self) -> frozenset[str]:
        """The source tables and models whose content or SQL the change alters."""
        with_loads = (self.loads_before or self.loads_after) and not self.replaces
        return frozenset({*self.tables, *((*OF_LOADS, LEDGER) if with_loads else ())})


def merge_changes(changes: Sequence[Change]) -> Change:
    """Combine changes of one kind into one change, so that they can be tried together."""
    if len(changes) == 1:
        return changes[0]
    tables: dict[str, list[str]] = {}
    for change in changes:
        for table, condition_ in change.tables.items():
            tables.setdefault(table, []).append(f"({condition_})")
    return Change(
        kind=changes[0].kind,
        name=message("{names}", names=[change.name for change in changes]),
        tables={table: " or ".join(conditions) for table, conditions in tables.items()},
        loads_before=tuple(load for change in changes for load in change.loads_before),
        loads_after=tuple(load for change in changes for load in change.loads_after),
    )


def find_input_changes(
    before: Release, after: Release, models: CompiledModels, comparer: RowComparer
) -> list[Change]:
    """Find the inputs that differ between two releases; ``comparer`` compares their databases."""
    return [
        *_load_changes(before, after, comparer),
        *_reference_changes(before, after, models, comparer),
    ]


def find_model_changes(before: CompiledModels, after: CompiledModels) -> list[Change]:
    """Find the models whose SQL or contract differs, and those that only one release has."""
    changes = []
    for name in sorted({*before, *after}):
        if name not in before:
            changes.append(Change(MODEL, name, ADDED, {name: "true"}))
        elif name not in after:
            changes.append(Change(MODEL, name, WITHDRAWN, {name: "true"}))
        elif _definition(before[name]) != _definition(after[name]):
            changes.append(Change(MODEL, name, CHANGED, {name: "true"}))
    return changes


def _definition(model: Model) -> tuple[str, dict[str, str]]:
    return model.sql, model.contract


def _load_changes(before: Release, after: Release, comparer: RowComparer) -> Iterator[Change]:
    old, new = _slots(before), _slots(after)
    keys = {name: c.key for name, c in read_contracts(after.path / CONTRACTS).items()}
    for slot in sorted({*old, *new}):
        entries_before, entries_after = old.get(slot, []), new.get(slot, [])
        if [_identity(e) for e in entries_before] == [_identity(e) for e in entries_after]:
            continue
        name, tables = _name_and_tables(slot, keys)
        replaces = bool(entries_before) and bool(entries_after)
        yield Change(
            kind=slot[0],
            name=name,
            description=_changed_files(entries_before, entries_after),
            tables={table.name: table.where for table in tables},
            loads_before=_load_ids(entries_before),
            loads_after=_load_ids(entries_after),
            counts=_add_counts(comparer.count(table) for table in tables),
            replaces=replaces,
            rows=tuple(_named_rows(comparer, tables)) if replaces else (),
        )


def _load_ids(entries: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(entry["load_id"] for entry in entries)


def _name_and_tables(
    slot: tuple[str, ...], keys: Mapping[str, tuple[str, ...]]
) -> tuple[str, list[Table]]:
    """The name of a slot (see :func:`_slots`) for a reader, and the slot's raw tables."""
    kind, *identity = slot
    if kind == DOCUMENT:
        [document_id] = identity
        return document_id, _document_tables(document_id)
    dataset, reporter, period = identity
    table = _submitted_table(dataset, reporter, period, keys.get(dataset, (_SOURCE,)))
    name = message(
        "{dataset} of {reporter}, {period}",
        dataset=name_dataset(dataset),
        reporter=reporter,
        period=period,
    )
    return name, [table]


def _document_tables(document_id: str) -> list[Table]:
    where = condition([("document_id", document_id)])
    return [
        Table(table, key, where=where, source=_SOURCE if _SOURCE in key else None)
        for table, key in _DOCUMENT_KEYS.items()
    ]


def _submitted_table(dataset: str, reporter: str, period: str, key: tuple[str, ...]) -> Table:
    where = condition([("reporter", reporter), ("period", period)])
    return Table(f"raw.{dataset}", ("reporter", "period", *key), _PROVENANCE, where, _SOURCE)


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
            description=ADDED if file not in old else WITHDRAWN if file not in new else "",
            tables={table.name: "true", **_expected_by(seed, before, after)},
            counts=comparer.count(table),
            rows=tuple(_named_rows(comparer, [table])),
        )


def _expected_by(seed: str, before: Release, after: Release) -> dict[str, str]:
    """Return table -> condition for the expected submissions that a changed seed can alter."""
    if seed not in _CALENDAR_SEEDS:
        return {}
    return {EXPECTED: f"not {due_between(before, after)}"}


def due_between(before: Release, after: Release) -> str:
    """Return an SQL condition: the due date lies between the days of two releases.

    A release of an older version has no day. In this case, no submission meets the condition.
    """
    days = [release.manifest.get("day") for release in (before, after)]
    if not all(days):
        return "false"
    first, last = sorted(map(str, days))
    return f"coalesce(due_on >= date '{first}' and due_on < date '{last}', false)"


def _named_rows(comparer: RowComparer, tables: Iterable[Table]) -> Iterator[ChangedRow]:
    for table in tables:
        for row in comparer.rows(table, NAMED_ROWS):
            yield ChangedRow(table.name, row)


def _slots(release: Release) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Group the loads of the manifest by slot.

    A slot is a document, or a dataset with a reporter and a period.
    """
    slots: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for entry in release.manifest["inputs"]["loads"]:
        slot = (
            (DOCUMENT, entry["document_id"])
            if entry["basis"] == "published"
            else (LOAD, entry["dataset"], entry["reporter"], entry["period"])
        )
        slots.setdefault(slot, []).append(entry)
    return slots


def _identity(entry: dict[str, Any]) -> tuple[str, bool]:
    return entry["load_id"], bool(entry["erased"])


def _changed_files(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> str:
    """The names of the files that were added or removed, or whose hash differs."""
    old, new = (
        {name: digest for entry in entries for name, digest in entry["files"].items()}
        for entries in (before, after)
    )
    return ", ".join(name for name in sorted({*old, *new}) if old.get(name) != new.get(name))


def _add_counts(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for by_kind in counts:
        for kind, count in by_kind.items():
            total[kind] = total.get(kind, 0) + count
    return total
