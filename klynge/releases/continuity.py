"""Compare a new build with the current release, to find lost loads and lost rows.

A release is built from loads. Each of these loads must also count in the next build, unless the
ledger says that the load was withdrawn, erased, set aside or corrected. All rows of the loads that
still count must be in the build. So the build is compared part by part. A part is left out of the
comparison only for a recorded reason. A part of a fact is a submission (reporter, dataset and
period) or a printed document. A part of a mart is a basis.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import duckdb

from klynge.home import Home
from klynge.messages import Message, message
from klynge.raw_zone import ERASURE, ROW_ERASURES, SET_ASIDE, WITHDRAWAL, Load
from klynge.releases.manifest import describe_reference
from klynge.releases.reading import Release, open_release
from klynge.words import STATES

#: The schema of the tables with which the gate compares a build. A release does not have it.
SCHEMA = "comparison"

#: The id of the gate's check of lost loads, and the ending of the ids of its checks of lost rows.
UNEXPLAINED, SHRUNK = "former_loads_count_or_say_why", "_has_not_shrunk"

#: The file with the losses, in the folder of a run.
LOSSES = "losses.json"

#: The basis of a row that comes from a document, not from a submission.
_PRINTED = "published"


@dataclass(frozen=True)
class Loss:
    """A load of the current release that the build no longer has, wholly or in part.

    ``kind`` is ``withdrawn``, ``erased``, ``rows_erased``, ``set_aside``, ``corrected``,
    ``sample`` (the run does not use it), ``document`` (the checkout has no such document) or
    ``unexplained``. ``role`` and ``reason`` are those of the ledger, or None if nobody decided.
    """

    load_id: str
    dataset: str
    reporter: str
    period: str
    basis: str
    rows_loaded: int
    kind: str
    role: str | None
    reason: str | None

    def __str__(self) -> str:
        """Return the loss as one sentence."""
        return str(self.sentence)

    @property
    def sentence(self) -> Message:
        """The loss as one sentence, in both languages."""
        return message(
            "load {load_id} ({slot}) is {state}{decided_by}{because}",
            load_id=self.load_id,
            slot=f"{self.reporter} {self.dataset} {self.period}",
            state=_WORDS[self.kind],
            decided_by=message(" by {role}", role=self.role) if self.role else "",
            because=message(": {reason}", reason=self.reason) if self.reason else "",
        )


_WORDS = {
    "withdrawn": STATES["withdrawn"],
    "erased": STATES["erased"],
    "rows_erased": message("erased in part"),
    "set_aside": STATES["set_aside"],
    "corrected": message("replaced"),
    "sample": message("left out"),
    "document": message("left out"),
    "unexplained": message("lost, and no reason is recorded"),
}


@dataclass(frozen=True)
class Continuity:
    """The comparison of a build with the current release.

    ``kept_rows`` maps (``schema.table``, part) to the number of rows of the part in the current
    release. ``excused`` maps ``schema.table`` to the reasons why some of its parts are not
    compared.
    """

    losses: tuple[Loss, ...] = ()
    kept_rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    excused: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)

    def describe(self) -> list[dict[str, Any]]:
        """Return the losses for the record of a run and the manifest of a release."""
        return [asdict(loss) for loss in self.losses]


def compare_with_current(
    home: Home,
    loads: Sequence[Load],
    ledger: Iterable[Load],
    *,
    facts: Collection[str],
    marts: Collection[str],
) -> Continuity:
    """Compare the loads of a build with those of the current release.

    ``facts`` are the tables (``schema.table``) that have a source row key; they are compared by
    submission or document. ``marts`` are compared by basis. If no release exists, nothing is
    compared.
    """
    if not (home.releases / "current").exists():
        return Continuity()
    release = open_release(home=home)
    manifest = release.manifest
    losses = tuple(find_losses(manifest["inputs"]["loads"], loads, list(ledger)))
    lost = {_part(vars(loss)) for loss in losses}
    changed = _changed_reference(home, manifest["inputs"]["reference"])
    kept: dict[tuple[str, str], int] = {}
    excused: dict[str, list[Message]] = {}
    for table, part, rows in _former_rows(release, facts, marts):
        if table in facts:
            reasons = [x.sentence for x in losses if _part(vars(x)) == part]
            is_lost = part in lost
        else:
            reasons = [x.sentence for x in losses if x.basis == part]
            reasons += changed if part != _PRINTED else []
            is_lost = bool(reasons)
        if is_lost:
            excused.setdefault(table, []).extend(reasons)
        else:
            kept[table, part] = rows
    reasons_by_table = {table: tuple(dict.fromkeys(found)) for table, found in excused.items()}
    return Continuity(losses, kept, reasons_by_table)


def write_comparison(connection: duckdb.DuckDBPyConnection, continuity: Continuity) -> None:
    """Write the tables of the comparison into a build; :func:`drop_comparison` removes them.

    ``comparison.former_rows`` has one row per table and part, ``comparison.losses`` one per loss.
    """
    drop_comparison(connection)
    connection.execute(f"create schema {SCHEMA}")
    connection.execute(
        f"create table {SCHEMA}.former_rows (table_name varchar, part varchar, row_count bigint)"
    )
    connection.execute(
        f"create table {SCHEMA}.losses (load_id varchar, dataset varchar, reporter varchar, "
        "period varchar, basis varchar, rows_loaded bigint, kind varchar, role varchar, "
        "reason varchar)"
    )
    rows = [(table, part, count) for (table, part), count in continuity.kept_rows.items()]
    if rows:
        connection.executemany(f"insert into {SCHEMA}.former_rows values (?, ?, ?)", rows)
    if continuity.losses:
        connection.executemany(
            f"insert into {SCHEMA}.losses values ({', '.join('?' * 9)})",
            [list(vars(loss).values()) for loss in continuity.losses],
        )


def drop_comparison(connection: duckdb.DuckDBPyConnection) -> None:
    """Remove the tables of the comparison from a build."""
    connection.execute(f"drop schema if exists {SCHEMA} cascade")


def find_losses(
    former: Iterable[Mapping[str, Any]], loads: Sequence[Load], ledger: Sequence[Load]
) -> Iterator[Loss]:
    """Find the loads of a release that are missing, wholly or in part, from ``loads``.

    ``former`` are the entries of the release's manifest. The ledger says why a load is lost.
    """
    built = {load.load_id: load for load in loads if not load.erased}
    known = {load.load_id: load for load in ledger}
    documents = {load.about.get("document_id") for load in loads}
    has_sample = any(load.basis == "sample" for load in loads)
    for entry in former:
        here = built.get(entry["load_id"])
        if entry.get("erased") or (here and _has_all_rows(here, entry)):
            continue
        if entry["basis"] == _PRINTED:
            if entry["document_id"] not in documents:
                reason = f"the checkout has no transcription of {entry['document_id']}"
                yield _loss(entry, "document", None, reason)
        elif entry["basis"] == "sample":
            why = "the sample was made anew" if has_sample else "the run does not use the sample"
            yield _loss(entry, "sample", None, why)
        else:
            load = known.get(entry["load_id"])
            yield _loss(entry, *_explain(load, loads, ledger))


def _has_all_rows(load: Load, entry: Mapping[str, Any]) -> bool:
    return load.rows_erased == int(entry.get("rows_erased", 0))


def _loss(entry: Mapping[str, Any], kind: str, role: str | None, reason: str | None) -> Loss:
    return Loss(
        load_id=entry["load_id"],
        dataset=entry["dataset"],
        reporter=entry["reporter"],
        period=entry["period"],
        basis=entry["basis"],
        rows_loaded=entry["rows_loaded"],
        kind=kind,
        role=role,
        reason=reason,
    )


def _explain(
    load: Load | None, loads: Sequence[Load], ledger: Sequence[Load]
) -> tuple[str, str | None, str | None]:
    """Return why a reported load is lost (the kind), and the role and reason in the ledger."""
    if load is None:
        return "unexplained", None, None
    for kind, note in (("erased", ERASURE), ("withdrawn", WITHDRAWAL), ("set_aside", SET_ASIDE)):
        if note in load.about:
            return kind, load.about[note].get("role"), load.about[note]["reason"]
    if any(other.load_id == load.load_id for other in loads):
        last = load.about[ROW_ERASURES][-1]
        return "rows_erased", last["role"], last["reason"]
    later = [
        x
        for x in loads
        if x.slot == load.slot and not x.partial and x.correction_no > load.correction_no
    ]
    if later:
        by = message("load {load_id} corrects it", load_id=later[-1].load_id)
        return "corrected", later[-1].accepted_by, by
    below = [x for x in ledger if x.slot == load.slot and x.correction_no < load.correction_no]
    for base in reversed(below):
        if load.partial and not base.partial and (base.withdrawn or base.is_set_aside):
            why = message(
                "it corrects load {load_id}, which is {state}",
                load_id=base.load_id,
                state=base.state_word,
            )
            return base.state, None, why
    return "unexplained", None, None


def _changed_reference(home: Home, former: Mapping[str, str]) -> list[Message]:
    """Return one sentence that names the reference data that differ from the current release."""
    now = describe_reference(home)
    names = sorted(name for name in {*former, *now} if former.get(name) != now.get(name))
    return [message("the reference data differ: {names}", names=names)] if names else []


def _former_rows(
    release: Release, facts: Collection[str], marts: Collection[str]
) -> Iterator[tuple[str, str, int]]:
    """Yield (table, part, number of rows) for each given table that the current release has."""
    if not release.has_database:
        return
    parts = {
        load["load_id"]: _part(load)
        for load in release.manifest["inputs"]["loads"]
        if load["basis"] != _PRINTED
    }
    known = {f"{t['schema']}.{t['table']}" for t in release.manifest["tables"]}
    with duckdb.connect(str(release.whole_database), read_only=True) as connection:
        for table in sorted(known & {*facts, *marts}):
            key = "split_part(source_row_key, '#', 1)" if table in facts else "basis"
            rows: dict[str, int] = {}
            for value, count in connection.execute(
                f"select {key} as part, count(*) from {table} group by all"
            ).fetchall():
                part = parts.get(value, value) if table in facts else value
                rows[part] = rows.get(part, 0) + count
            yield from ((table, part, count) for part, count in rows.items())


def _part(load: Mapping[str, Any]) -> str:
    """The name of the part of a fact that has the submission's rows."""
    return f"{load['reporter']} {load['dataset']} {load['period']}"
