"""Find the submitted loads from which the failing rows of a check come.

A failing row shows its source in one of three ways. The first way that applies is used:

1. a column of the row holds the key of a source row, or the id of a load;
2. the checked table has the keys of its source rows, and the failing row's values select rows of
   the table;
3. the table is built from datasets, and the row names an organisation, a year or a call. The loads
   to blame are then the loads of these datasets that are new since the current release.

If several loads contradict each other, the load that was received last is to blame, because the
checks passed before this load came.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from klynge.lineage.relational.expressions import quote_identifier
from klynge.raw_zone import Load

#: Columns that name the period of a row, in marts and facts.
_PERIODS = ("call_id", "period_id", "year", "period")
#: The basis of submissions. Rows of printed documents and of the sample come with the program.
_REPORTED = "reported"

Row = Mapping[str, object]


@dataclass(frozen=True)
class Failure:
    """A failed check: its rule, the tables that it checks, and its failing rows.

    ``acceptable`` tells whether the secretariat may accept rows that break the rule. Rows that
    break a rule of the business may be accepted. Rows that break the structure of the warehouse may
    not be accepted.
    """

    check_id: str
    says: str
    tables: tuple[str, ...]
    rows: Sequence[Row]
    acceptable: bool


@dataclass(frozen=True)
class Blame:
    """The loads to blame for a failed check.

    ``row_keys`` are the keys of failing source rows, if they are known.
    """

    failure: Failure
    load_ids: frozenset[str]
    row_keys: tuple[str, ...] = ()


def find_faulty_loads(
    connection: duckdb.DuckDBPyConnection,
    failure: Failure,
    loads: Iterable[Load],
    reads: Mapping[str, Collection[str]],
    published: Collection[str],
) -> Blame | None:
    """Find the loads to blame for a failed check; None if no submitted load explains it.

    ``loads`` are the loads of the build. ``reads`` has the tables that each model reads.
    ``published`` has the ids of the loads in the current release. Every failing row must come from
    a submitted load. A failure may have no rows, for example if a model could not be built. The new
    loads of the datasets below the checked tables then explain the failure.
    """
    reported = {load.load_id: load for load in loads if load.basis == _REPORTED}
    finder = _Finder(connection, reported, reads, published)
    if not failure.rows:
        found = finder.loads_below(failure.tables, {}) - set(published)
        return Blame(failure, frozenset(found)) if found else None
    blamed: set[str] = set()
    keys: list[str] = []
    for row in failure.rows:
        found = finder.loads_of(failure.tables, row)
        if not found:
            return None
        blamed |= found
        keys += [key for key in _source_keys(row) if key.partition("#")[0] in found]
    return Blame(failure, frozenset(blamed), tuple(dict.fromkeys(keys)))


class _Finder:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        reported: Mapping[str, Load],
        reads: Mapping[str, Collection[str]],
        published: Collection[str],
    ) -> None:
        self.connection = connection
        self.reported = reported
        self.reads = reads
        self.published = published

    def loads_of(self, tables: Sequence[str], row: Row) -> set[str]:
        """Return the loads to blame for one failing row; none if it comes from no submission."""
        if row.get("basis") not in (None, "null", _REPORTED):
            return set()
        named = {key.partition("#")[0] for key in _source_keys(row)}
        sources = named or {key for table in tables for key in self._sources_in(table, row)}
        if sources:
            return self._latest(sources & self.reported.keys())
        below = self.loads_below(tables, row)
        return below - set(self.published) or self._latest(below)

    def loads_below(self, tables: Sequence[str], row: Row) -> set[str]:
        """Return the loads from which a row can come.

        The datasets of these loads are datasets from which ``tables`` are built.
        """
        datasets = {name.partition(".")[2] for table in tables for name in self._inputs(table)}
        return {
            load.load_id
            for load in self.reported.values()
            if load.dataset in datasets and self._fits(load, row)
        }

    def _sources_in(self, table: str, row: Row) -> set[str]:
        """Return the loads and documents of the rows of a table that have the values of ``row``."""
        columns = self._columns(table)
        key = "load_id" if "load_id" in columns else "source_row_key"
        shared = [
            name
            for name in row
            if _is_plain(row[name]) and not columns.get(name, "DECIMAL").startswith(_MEASURES)
        ]
        if key not in columns or not shared:
            return set()
        conditions = " and ".join(
            f"cast({quote_identifier(name)} as varchar) is not distinct from ${n}"
            for n, name in enumerate(shared, start=1)
        )
        values = [_as_text(row[name]) for name in shared]
        found = self.connection.execute(
            f"select distinct split_part({key}, '#', 1) from {table} where {conditions}", values
        ).fetchall()
        return {source for (source,) in found if source}

    def _fits(self, load: Load, row: Row) -> bool:
        """Whether a row can come from a load, judged by its period and its organisation."""
        periods = {_as_text(row[name]) for name in _PERIODS if _is_plain(row.get(name))}
        if periods and not any(_covers(period, load.period) for period in periods):
            return False
        organisation = row.get("organisation_id")
        table = f"raw.{load.dataset}"
        if not _is_plain(organisation) or "organisation_id" not in self._columns(table):
            return True
        reported_on = self.connection.execute(
            f"select distinct organisation_id from {table} where load_id = $load",
            {"load": load.load_id},
        ).fetchall()
        # a row that is not about one organisation, such as a row about the country, fits every load
        return (organisation,) in reported_on or organisation not in self._organisations()

    def _organisations(self) -> set[str]:
        if "organisation_id" not in self._columns("reference.organisations"):
            return set()
        rows = self.connection.execute("select organisation_id from reference.organisations")
        return {name for (name,) in rows.fetchall()}

    def _latest(self, load_ids: Iterable[str]) -> set[str]:
        known = [self.reported[load_id] for load_id in load_ids]
        last = max(known, key=lambda load: (load.received_at, load.load_id), default=None)
        return {last.load_id} if last else set()

    def _inputs(self, table: str) -> set[str]:
        """Return the raw and reference tables from which a table is built."""
        below, waiting = set(), [table]
        while waiting:
            name = waiting.pop()
            if name in self.reads:
                waiting += self.reads[name]
            else:
                below.add(name)
        return below

    def _columns(self, table: str) -> dict[str, str]:
        """Map each column of a table to its type; empty if the build does not have the table."""
        schema, _, name = table.partition(".")
        found = self.connection.execute(
            "select column_name, data_type from information_schema.columns "
            "where table_schema = $schema and table_name = $name",
            {"schema": schema, "name": name},
        ).fetchall()
        return dict(found)


#: The types of measures begin with these words. A measure does not identify a row.
_MEASURES = ("DECIMAL", "DOUBLE", "FLOAT")
_KEY = re.compile(r"[0-9a-f]{16}(#\d+)?|[a-z][a-z0-9_]*#\S+")


def _source_keys(row: Row) -> list[str]:
    """Return the keys of source rows, and the ids of loads, that a row contains.

    If the row has a key of its own, only this key is returned.
    """
    own = [name for name in ("source_row_key", "load_id") if _is_plain(row.get(name))]
    others = [name for name in row if name.endswith("row_key")]
    texts = [key for name in own[:1] or others for key in re.split(r"[\s,]+", _as_text(row[name]))]
    return [text for text in texts if _KEY.fullmatch(text)]


def _covers(row_period: str, load_period: str) -> bool:
    """Whether a row's period, such as 2021_2023, contains the period of a load."""
    years = [int(year) for year in re.findall(r"\d{4}", row_period)]
    if load_period.isdigit() and years:
        return min(years) <= int(load_period) <= max(years)
    return row_period == load_period


def _is_plain(value: object) -> bool:
    return value not in (None, "null") and not isinstance(value, list | dict | float | Decimal)


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
