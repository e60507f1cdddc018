"""The proof of a trace: the figure computed again from its support, and how far that goes."""

from collections.abc import Iterable, Mapping, Sequence

from klynge.lineage.proof.absence import AbsenceAnalysis, AdmittedRows
from klynge.lineage.proof.replay import BatchReplay, Replayed, differences, rebuild_from_support
from klynge.lineage.proof.tagged_sql import NotTaggableError
from klynge.lineage.release_database import Asked, ReleaseDatabase
from klynge.lineage.result import Status
from klynge.lineage.rows.pushdown import KeyFilter, ValueSet, quoted
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.row_lineage import Support, SupportSearch, disjunction, exact_columns


def proved(
    opened: ReleaseDatabase, asked: Asked, demanded: str, support: Support, supporter: SupportSearch
) -> tuple[Status, tuple[str, ...]]:
    """Replay a figure on its support; guarded if that is not enough, on all it admits at last.

    In the last case the support is widened in place.
    """
    flags = sorted({(kind, reason) for _, kind, reason in support.flags})
    reasons = [reason for _, reason in flags]
    wrong = _missed(opened, asked, demanded, support)
    if wrong is None:
        return wide(flags) or "proved", tuple(reasons)
    reasons.append(f"replay on the support alone: {wrong}")
    if _guarded(opened, asked, demanded, support, supporter):
        return wide(flags) or "guarded", tuple(reasons)
    _widen(opened, asked, support)
    wrong = _missed(opened, asked, demanded, support)
    if wrong is None:
        return "coarse", (*reasons, "rows that decide by their absence had to be taken in")
    return "failed", (*reasons, f"replay on all that the key admits: {wrong}")


def wide(flags: Sequence[tuple[str, str]]) -> Status | None:
    """The status of a support that is wider than its keys ask for, by (kind, reason)."""
    kinds = {kind for kind, _ in flags}
    return "global" if "global" in kinds else "coarse" if "coarse" in kinds else None


def admitted(opened: ReleaseDatabase, asked: Asked) -> set[AdmittedRows]:
    """The raw rows that a figure's key admits, by conditions."""
    exact = [c for c in exact_columns(opened.chain.columns[asked.model]) if c in asked.needed]
    held = (_row(opened, asked, exact),)
    return AbsenceAnalysis(opened.scratch, opened.chain).admitted(asked.model, held, asked.needed)


def conditions(found: Iterable[AdmittedRows]) -> Mapping[str, str]:
    """For each table the condition that any of those on it is fulfilled."""
    by_table: dict[str, set[str]] = {}
    for one in found:
        by_table.setdefault(one.table, set()).add(one.condition)
    return {table: disjunction(some) for table, some in by_table.items()}


def _row(opened: ReleaseDatabase, asked: Asked, columns: Sequence[str]) -> KeyFilter:
    """That some columns have the values they have in the row that is asked for."""
    names = ", ".join(map(quoted, columns))
    sql = f"select {names} from {stored_name(asked.model)} where rowid = {asked.row}"
    wanted = ValueSet(opened.scratch, opened.scratch.table("wanted", sql))
    return KeyFilter(wanted, tuple((c, c) for c in columns))


def _missed(opened: ReleaseDatabase, asked: Asked, demanded: str, support: Support) -> str | None:
    """What a replay by the compiled SQL misses, or None."""
    made = rebuild_from_support(opened.scratch, opened.chain, asked.model, support)
    key = {c: quoted(c) for c in opened.models[asked.model].grain}
    held = " and ".join(_row(opened, asked, list(key)).conditions(key)) if key else ""
    sql = f'select 0 as "~tag", * from {made} where {held or "true"}'
    single = opened.scratch.view("replayed", sql)
    replayed = Replayed(single, opened.scratch.table("worlds", "select 0 as figure, 0 as tag"))
    return _compared(opened, asked, demanded, replayed)


def _guarded(
    opened: ReleaseDatabase, asked: Asked, demanded: str, support: Support, supporter: SupportSearch
) -> bool:
    """Whether the figure comes out where each step is held to the keys that were asked for."""
    worlds = BatchReplay(opened.scratch, opened.chain, support, supporter.guards(support))
    try:
        return _compared(opened, asked, demanded, worlds.model(asked.model)) is None
    except NotTaggableError:
        return False


def _compared(
    opened: ReleaseDatabase, asked: Asked, demanded: str, replayed: Replayed
) -> str | None:
    columns = [c for c in exact_columns(opened.chain.columns[asked.model]) if c in asked.needed]
    chain, connection = opened.chain, opened.connection
    return differences(connection, chain, asked.model, demanded, replayed, columns).get(0)


def _widen(opened: ReleaseDatabase, asked: Asked, support: Support) -> None:
    """Take every raw row that the figure's key admits into the support."""
    said = conditions(admitted(opened, asked))
    for table in {*said, *(t for t in support.tables if t not in opened.models)}:
        condition = said.get(table, "false")
        if before := support.tables.get(table):
            condition = f"{condition} or ({opened.scratch.among(before)})"
        support.tables[table] = opened.scratch.table(
            "demanded", f"select 0 as tag, rowid as row from {stored_name(table)} where {condition}"
        )
        support.where[table] = "true"
