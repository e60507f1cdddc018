"""What became of the rows of raw tables: which reach a figure, and what leaves the others out."""

from collections import Counter
from collections.abc import Iterator, Sequence

from klynge.lineage.release_database import ReleaseDatabase
from klynge.lineage.result import Coverage, LeftOut
from klynge.lineage.rows.forward_lineage import ForwardSearch
from klynge.lineage.rows.restriction import stored_name
from klynge.lineage.rows.row_lineage import SupportSearch


def covered(
    opened: ReleaseDatabase, tables: Sequence[str], marts: Sequence[str]
) -> Iterator[Coverage]:
    """For each raw table, its rows that some figure of ``marts`` rests on, and the others."""
    scratch, columns = opened.scratch, opened.chain.columns
    demanded = {}
    for mart in marts:
        every = f"select 0 as tag, rowid as row from {stored_name(mart)}"
        demanded[mart] = (scratch.table("figures", every), frozenset(columns[mart]))
    support = SupportSearch(scratch, opened.chain).support(demanded)
    scratch.drop(set(support.tables.values()))
    for table in tables:
        with scratch.emptied():
            yield _of_table(opened, table, support.tables.get(table), marts)


def _of_table(
    opened: ReleaseDatabase, table: str, reaching: str | None, marts: Sequence[str]
) -> Coverage:
    scratch = opened.scratch
    reached = f" where rowid not in (select row from {reaching})" if reaching else ""
    rest = scratch.table(
        "followed", f"select rowid as tag, rowid as row from {stored_name(table)}{reached}"
    )
    rows = scratch.number(f"select count(*) from {stored_name(table)}")
    left = scratch.number(f"select count(*) from {rest}")
    left_out: dict[int, set[LeftOut]] = {}
    if left:
        follower = ForwardSearch(scratch, opened.chain, with_others=False)
        left_out = follower.follow(table, rest, frozenset(marts)).left_out
    counted = Counter(tuple(sorted(clauses)) for clauses in left_out.values())
    return Coverage(table, rows, rows - left, dict(counted), left - counted.total())
