"""Count the source rows that reach a figure, and find the clauses that leave the other rows out."""

from collections import Counter
from collections.abc import Iterator, Sequence

from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.result import Coverage, LeftOut
from klynge.lineage.rows.forward_lineage import ForwardSearch
from klynge.lineage.rows.row_lineage import SupportSearch
from klynge.lineage.rows.temp_tables import stored_name


def table_coverage(
    release: ReleaseDatabase, tables: Sequence[str], marts: Sequence[str]
) -> Iterator[Coverage]:
    """For each table, count the rows that reach a figure of ``marts`` and the rows that do not."""
    temp, columns = release.temp, release.graph.columns
    demanded = {}
    for mart in marts:
        every = f"select 0 as tag, rowid as row from {stored_name(mart)}"
        demanded[mart] = (temp.table("figures", every), frozenset(columns[mart]))
    support = SupportSearch(temp, release.graph).support(demanded)
    temp.drop(set(support.tables.values()))
    for table in tables:
        with temp.emptied():
            yield _coverage(release, table, support.tables.get(table), marts)


def _coverage(
    release: ReleaseDatabase, table: str, reaching: str | None, marts: Sequence[str]
) -> Coverage:
    temp = release.temp
    others = f" where rowid not in (select row from {reaching})" if reaching else ""
    rest = temp.table(
        "followed", f"select rowid as tag, rowid as row from {stored_name(table)}{others}"
    )
    rows = temp.number(f"select count(*) from {stored_name(table)}")
    left = temp.number(f"select count(*) from {rest}")
    left_out: dict[int, set[LeftOut]] = {}
    if left:
        search = ForwardSearch(temp, release.graph, with_windows=False)
        left_out = search.follow(table, rest, frozenset(marts)).left_out
    counted = Counter(tuple(sorted(clauses)) for clauses in left_out.values())
    return Coverage(table, rows, rows - left, dict(counted), left - counted.total())
