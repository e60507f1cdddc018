"""The proof status of a trace: it tells whether, and how exactly, the support gives the figure."""

from collections.abc import Iterable, Mapping, Sequence

from klynge.lineage.explanation import explain
from klynge.lineage.proof.absence import AbsenceAnalysis, AdmittedRows
from klynge.lineage.proof.batch_replay import BatchReplay
from klynge.lineage.proof.replay import ReplayedRows, differences, rebuild_from_support
from klynge.lineage.proof.tagged_sql import NotTaggableError
from klynge.lineage.relational.expressions import quote_identifier
from klynge.lineage.release_database import FigureCell, ReleaseDatabase
from klynge.lineage.result import Proof
from klynge.lineage.rows.row_lineage import Flag, Support, SupportSearch
from klynge.lineage.rows.temp_tables import stored_name
from klynge.lineage.rows.value_sets import KeyFilter, ValueSet, any_of, exact_columns


def prove(
    release: ReleaseDatabase,
    cell: FigureCell,
    demanded: str,
    support: Support,
    search: SupportSearch,
) -> Proof:
    """Replay a figure from its support.

    If the replay gives the figure, the status is ``proved``. If not, a second replay has a limit:
    each model and each aggregate keeps only the rows whose keys the trace found in the release. If
    the second replay gives the figure, the status is ``guarded``. If not, every source row that the
    figure's key selects is added to ``support``, in place. If the third replay gives the figure,
    the status is ``coarse``, otherwise ``failed``. Flags of ``support`` can turn ``proved`` and
    ``guarded`` into ``coarse`` or ``global``.
    """
    flags = sorted({(kind, reason) for _, kind, reason in support.flags})
    reasons = [reason for _, reason in flags]
    difference = _difference(release, cell, demanded, support)
    if difference is None:
        return Proof(coarse_status(flags) or "proved", reasons)
    reasons.append(
        explain("replay from the supporting rows alone: {difference}", difference=difference)
    )
    if _is_guarded(release, cell, demanded, support, search):
        return Proof(coarse_status(flags) or "guarded", reasons)
    _extend(release, cell, support)
    difference = _difference(release, cell, demanded, support)
    if difference is None:
        added = explain("every source row that the key selects was added")
        return Proof("coarse", [*reasons, added])
    still = explain(
        "replay from all rows that the key selects: {difference}", difference=difference
    )
    return Proof("failed", [*reasons, still])


def coarse_status(flags: Sequence[Flag]) -> str | None:
    """Return ``global`` or ``coarse`` if a flag says that the support is too wide, else None."""
    kinds = {kind for kind, _ in flags}
    return "global" if "global" in kinds else "coarse" if "coarse" in kinds else None


def admitted_rows(release: ReleaseDatabase, cell: FigureCell) -> set[AdmittedRows]:
    """Find the source rows that a figure's key selects, as conditions on source tables."""
    exact = [c for c in exact_columns(release.graph.columns[cell.model]) if c in cell.needed]
    filters = (_row_filter(release, cell, exact),)
    analysis = AbsenceAnalysis(release.temp, release.graph)
    return analysis.admitted(cell.model, filters, cell.needed)


def conditions_by_table(found: Iterable[AdmittedRows]) -> Mapping[str, str]:
    """Map each table to the conditions on its rows. OR connects the conditions."""
    by_table: dict[str, set[str]] = {}
    for one in found:
        by_table.setdefault(one.table, set()).add(one.condition)
    return {table: any_of(conditions) for table, conditions in by_table.items()}


def _row_filter(release: ReleaseDatabase, cell: FigureCell, columns: Sequence[str]) -> KeyFilter:
    """Make a filter for the rows that have the same values in ``columns`` as the cell's row."""
    names = ", ".join(map(quote_identifier, columns))
    sql = f"select {names} from {stored_name(cell.model)} where rowid = {cell.row}"
    values = ValueSet(release.temp, release.temp.table("wanted", sql))
    return KeyFilter(values, tuple((c, c) for c in columns))


def _difference(
    release: ReleaseDatabase, cell: FigureCell, demanded: str, support: Support
) -> str | None:
    """Say how a replay from the support alone changes the figure; None if it gives the figure."""
    temp = release.temp
    rebuilt = rebuild_from_support(temp, release.graph, cell.model, support)
    key = {c: quote_identifier(c) for c in release.models[cell.model].grain}
    where = " and ".join(_row_filter(release, cell, list(key)).conditions(key)) if key else ""
    view = temp.view("replayed", f'select 0 as "~tag", * from {rebuilt} where {where or "true"}')
    replayed = ReplayedRows(view, temp.table("worlds", "select 0 as figure, 0 as tag"))
    return _compare(release, cell, demanded, replayed)


def _is_guarded(
    release: ReleaseDatabase,
    cell: FigureCell,
    demanded: str,
    support: Support,
    search: SupportSearch,
) -> bool:
    """Whether a replay gives the figure if it keeps only rows whose keys the trace found."""
    guards = search.key_guards(support)
    replay = BatchReplay(release.temp, release.graph, support, guards)
    try:
        return _compare(release, cell, demanded, replay.model(cell.model)) is None
    except NotTaggableError:
        return False


def _compare(
    release: ReleaseDatabase, cell: FigureCell, demanded: str, replayed: ReplayedRows
) -> str | None:
    columns = [c for c in exact_columns(release.graph.columns[cell.model]) if c in cell.needed]
    found = differences(release.connection, release.graph, cell.model, demanded, replayed, columns)
    return found.get(0)


def _extend(release: ReleaseDatabase, cell: FigureCell, support: Support) -> None:
    """Add to the support every source row that the figure's key selects."""
    temp = release.temp
    conditions = conditions_by_table(admitted_rows(release, cell))
    for table in {*conditions, *(t for t in support.tables if t not in release.models)}:
        condition = conditions.get(table, "false")
        if before := support.tables.get(table):
            condition = f"{condition} or ({temp.row_filter(before)})"
        support.tables[table] = temp.table(
            "demanded", f"select 0 as tag, rowid as row from {stored_name(table)} where {condition}"
        )
        support.where[table] = "true"
