"""Reading releases: find one, open it briefly and read-only, get frames with exact decimals."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from klynge.errors import InputError
from klynge.home import Home, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from klynge.raw_zone import Load

#: Releases are read-only, and so are the answers: nothing but questions is put to them.
_QUESTIONS = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}

#: The database has the same name in every release: its views embed it.
DATABASE = "klyngedata.duckdb"
#: The folder of a release that holds the edition with everything, and that edition's name.
RESTRICTED = "restricted"
#: The folders of a release that hold the reference seeds and the contracts it was made with.
REFERENCE, CONTRACTS = "reference", "contracts"


@dataclass(frozen=True)
class Release:
    """One release, whole and unchanging; every call opens its database and closes it again."""

    path: Path

    @property
    def release_id(self) -> str:
        return self.path.name

    @property
    def manifest(self) -> dict[str, Any]:
        """Inputs, code, tables with their hashes, gate and basis."""
        content: dict[str, Any] = read_json(self.path / "manifest.json")
        return content

    @property
    def has_database(self) -> bool:
        """False once retention has removed the database; everything else is kept."""
        return (self.path / DATABASE).exists()

    @property
    def whole_database(self) -> Path:
        """The database with everything in it; the analysts' own where there is one edition only."""
        restricted = self.path / RESTRICTED / DATABASE
        return restricted if restricted.exists() else self.path / DATABASE

    @property
    def as_of(self) -> str | None:
        """The time whose knowledge it shows; None for a release of its own day."""
        said: str | None = self.manifest.get("as_of")
        return said

    @property
    def submitted(self) -> set[str]:
        """The ids of the submissions whose rows it holds."""
        return {
            load["load_id"]
            for load in self.manifest["inputs"]["loads"]
            if load["basis"] != "published" and not load.get("erased")
        }

    @property
    def rests_on(self) -> str:
        """What its rows are, by basis, for a person."""
        basis = self.manifest["basis"]
        rows = ", ".join(f"{count:,} {kind}" for kind, count in basis["rows"].items())
        return f"{rows} rows" + (
            "; IT HOLDS SAMPLE DATA, which are invented" if basis["contains_sample"] else ""
        )

    def table(self, name: str, *, restricted: bool = False) -> pd.DataFrame:
        """A whole table or mart as a frame, decimals exact; ``name`` with or without schema.

        Raises :class:`InputError` for a name the release does not hold, or the edition.
        """
        schema, _, table = name.rpartition(".")
        tables = self.manifest["tables"]
        known = {(t["schema"], t["table"]) for t in tables}
        found = [k for k in sorted(known) if k[1] == table and schema in ("", k[0])]
        if not found:
            near = difflib.get_close_matches(table, [t for _, t in known], n=3, cutoff=0.4)
            hint = f"did you mean {', '.join(near)}?" if near else "see `klynge releases show`"
            raise InputError(f"release {self.release_id} has no table {name!r}: {hint}")
        held_back = {(t["schema"], t["table"]) for t in tables if t["edition"] == RESTRICTED}
        if found[0] in held_back and not restricted:
            raise InputError(
                f"{name} is about single participants, members or companies: it is in the "
                "restricted edition only, which its owner reads with restricted=True"
            )
        return self.query(f'from "{found[0][0]}"."{found[0][1]}"', restricted=restricted)

    def query(self, sql: str, *, restricted: bool = False) -> pd.DataFrame:
        """The answer to a query as a frame, decimals exact; see :meth:`arrow`."""
        import pandas as pd  # noqa: PLC0415 - half a second that most commands need not pay

        answer = self.arrow(sql, restricted=restricted)
        frame: pd.DataFrame = answer.to_pandas(types_mapper=pd.ArrowDtype)
        return frame

    def arrow(self, sql: str, *, restricted: bool = False) -> pa.Table:
        """The answer to a query as an Arrow table, from the analysts' or the restricted edition.

        Raises :class:`InputError` where it is not one query, is not understood or wants to write.
        """
        _require_one_query(sql)
        if not self.has_database:
            raise InputError(
                f"the database of release {self.release_id} was removed by retention or erasure: "
                f"`klynge releases rebuild {self.release_id}` makes it again; "
                "its marts are still there as Parquet, under marts/"
            )
        try:
            database = self.whole_database if restricted else self.path / DATABASE
            with duckdb.connect(str(database), read_only=True) as connection:
                connection.execute("set TimeZone = 'UTC'")
                return connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            hint = "" if restricted else self._held_back(sql)
            raise InputError(
                f"the query failed in release {self.release_id}: {error}{hint}"
            ) from None

    def _held_back(self, sql: str) -> str:
        """What to say of tables in a query that analysts do not have."""
        tables = (t["table"] for t in self.manifest["tables"] if t["edition"] == RESTRICTED)
        named = ", ".join(table for table in tables if table in sql)
        return f"\n{named}: in the restricted edition only, `--restricted`" if named else ""


def _require_one_query(sql: str) -> None:
    """Refuse what would write, here or into a file, and what would be answered in part only."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        raise InputError(f"this is no query: {error}") from None
    if len(statements) != 1 or statements[0].type not in _QUESTIONS:
        raise InputError("give one query that reads, such as: select … or from …")


def open_release(release_id: str | None = None, home: Home | None = None) -> Release:
    """The current release, or the one named; it stays the same one until you open again.

    Raises :class:`InputError` when there is none yet, or none of that name.
    """
    home = home or Home.from_environment()
    if release_id is None:
        current = home.releases / "current"
        if not current.exists():
            raise InputError(f"nothing is published yet in {home.root}: run `klynge nightly`")
        return Release(current.resolve())
    ids = [r.release_id for r in list_releases(home)]
    if release_id not in ids:
        near = [i for i in ids if i.startswith(release_id)]
        if len(near) != 1:
            raise InputError(f"no release {release_id!r}: `klynge releases list` shows them")
        release_id = near[0]
    return Release(home.releases / release_id)


def current_row_counts(home: Home, loads: Iterable[Load]) -> dict[str, int]:
    """Rows by ``schema.table`` in the current release, to compare a build from ``loads`` with.

    Empty where nothing is published yet, from other documents, or from submissions that the build
    is made without: then there is nothing to compare.
    """
    if not (home.releases / "current").exists():
        return {}
    manifest = open_release(home=home).manifest
    built = list(loads)
    documents = {load.about.get("document_id") for load in built} - {None}
    submitted = {load.slot for load in built if load.basis != "published"}
    formerly = {
        (load["reporter"], load["dataset"], load["period"])
        for load in manifest["inputs"]["loads"]
        if load["basis"] != "published"
    }
    if set(manifest["inputs"]["documents"]) != documents or not formerly <= submitted:
        return {}
    return {f"{t['schema']}.{t['table']}": t["rows"] for t in manifest["tables"]}


def list_releases(home: Home) -> list[Release]:
    """Every release that was published, oldest first."""
    return [Release(p.parent) for p in sorted(home.releases.glob("2*/manifest.json"))]
