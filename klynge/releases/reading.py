"""Find a release, open it read-only, and read tables as frames with exact decimals."""

from __future__ import annotations

import difflib
import os
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from klynge.errors import InputError
from klynge.home import Home, read_json
from klynge.messages import Language, Message, joined, message
from klynge.metrics.answers import answer_question
from klynge.metrics.declarations import METRICS, read_catalogue
from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Request, as_python
from klynge.releases.bases import bases_of, basis_column, describe_bases, keep_basis
from klynge.releases.coverage import why_empty
from klynge.releases.descriptions import TableDescription, read_descriptions
from klynge.releases.fenced_database import fenced_database
from klynge.releases.queries import named_tables
from klynge.releases.query_errors import describe_query_error, describe_refused_statement
from klynge.words import BASES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from klynge.metrics.answers import Answer
    from klynge.metrics.declarations import Catalogue
    from klynge.metrics.requests import Filters
    from klynge.raw_zone import Load


#: The kinds of SQL statements that a query may have, because they only read.
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}

#: The file in every release that says what the release holds.
MANIFEST = "manifest.json"
#: The database file has the same name in every release, because views contain the name.
DATABASE = "klyngedata.duckdb"
#: The name of the restricted edition, and of its folder in a release.
RESTRICTED = "restricted"
#: The folders of a release with its reference seeds, its contracts and its documentation.
REFERENCE, CONTRACTS, DOCS = "reference", "contracts", "docs"
#: The data dictionary as CSV, in the folder of the documentation, and its delimiter.
DICTIONARY, DICTIONARY_DELIMITER = "dictionary.csv", ";"


@dataclass(frozen=True)
class Release:
    """One immutable release; each query opens the database and closes it again."""

    path: Path
    #: the id of the release, if somebody copied its folder to another name
    copied_from: str | None = None

    @property
    def release_id(self) -> str:
        return self.copied_from or self.path.name

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The content of ``manifest.json``: inputs, code, tables with hashes, gate and basis."""
        content: dict[str, Any] = read_json(self.path / MANIFEST)
        return content

    def describe(self, table: str) -> TableDescription:
        """The description, labels and units of ``schema.table``; missing texts are empty."""
        return read_descriptions(self.path).get(table, TableDescription(table))

    @property
    def has_database(self) -> bool:
        """Whether the release has its database, which may have been removed to save space."""
        return (self.path / DATABASE).exists()

    @property
    def analysts_database(self) -> Path:
        """The database without rows about single participants, members and companies."""
        return self.path / DATABASE

    @property
    def whole_database(self) -> Path:
        """The database with all rows: the restricted edition, or the only edition."""
        restricted = self.path / RESTRICTED / DATABASE
        return restricted if restricted.exists() else self.analysts_database

    @property
    def as_of(self) -> str | None:
        """The time given with ``--as-of``, or None. The release shows what was known then."""
        as_of: str | None = self.manifest.get("as_of")
        return as_of

    @property
    def submitted(self) -> set[str]:
        """The ids of the submitted loads whose rows the release holds."""
        return {
            load["load_id"]
            for load in self.manifest["inputs"]["loads"]
            if load["basis"] != "published" and not load.get("erased")
        }

    @property
    def rests_on(self) -> Message:
        """A sentence with the number of rows by basis (published, reported, sample)."""
        basis = self.manifest["basis"]
        rows = [
            message("{rows:,} {basis}", rows=count, basis=BASES.get(kind, kind))
            for kind, count in basis["rows"].items()
        ]
        said = message("{rows} rows", rows=rows)
        if basis["contains_sample"]:
            return joined([said, message("CONTAINS SAMPLE DATA, which are invented")])
        return said

    def table(
        self,
        name: str,
        *,
        numbers: Literal["decimal", "float"] = "decimal",
        labels: Literal["da", "en"] | None = None,
        basis: str | None = None,
        restricted: bool = False,
    ) -> pd.DataFrame:
        """Read a whole table or mart as a frame; ``name`` may omit the schema.

        Numbers are exact decimals. With ``numbers="float"`` they are floats, which charts and
        ``to_csv(decimal=",")`` need. ``labels`` gives the columns Danish or English headings
        instead of their names. ``basis`` keeps only the rows of one basis: published, reported or
        sample. ``frame.attrs`` says what the frame holds; see
        :func:`klynge.releases.frames.describe_frame`. If the frame is empty,
        ``frame.attrs["why_empty"]`` says why, if the reason is known. Without ``basis``, a
        ``UserWarning`` says if the same figures occur on several bases, or if rows are invented.

        Raises :class:`InputError` for an unknown table, option or basis; the error suggests similar
        names. Also raises it for a table that only the restricted edition has.
        """
        # pandas takes half a second; most commands do without it
        from klynge.releases.frames import describe_frame, make_frame  # noqa: PLC0415

        found = self.find_table(name)
        whole = f"{found['schema']}.{found['table']}"
        if found["edition"] == RESTRICTED and not restricted:
            raise InputError(
                message(
                    "{table} is about single participants, members or companies: only the "
                    "restricted edition has it, which its owner reads with restricted=True",
                    table=name,
                )
            )
        rows = self.arrow(f'from "{found["schema"]}"."{found["table"]}"', restricted=restricted)
        if basis is not None:
            rows = keep_basis(rows, basis, whole)
        elif note := describe_bases(basis_column(rows.column_names), bases_of(rows), name):
            warnings.warn(str(note), stacklevel=2)
        description = self.describe(whole)
        headings = description.headings(rows.column_names, labels)
        frame = make_frame(rows.rename_columns(headings), numbers)
        frame.attrs.update(describe_frame(self.manifest, rows, headings, description, labels))
        if not rows.num_rows:
            frame.attrs["why_empty"] = why_empty(self, [whole])
        return frame

    def dictionary(self) -> pd.DataFrame:
        """The data dictionary: one row for each column of each published table, all as text.

        It has labels in Danish and English, descriptions, types, units, the key of the table
        (``grain``) and whether the column may be summed (``sum``). Raises :class:`InputError` for a
        release that an older version of the program made without a dictionary.
        """
        import pandas as pd  # noqa: PLC0415 - as in query

        file = self.path / DOCS / DICTIONARY
        if not file.is_file():
            raise InputError(
                message(
                    "release {release_id} has no data dictionary, because an older version of the "
                    "program made it",
                    release_id=self.release_id,
                )
            )
        return pd.read_csv(file, sep=DICTIONARY_DELIMITER, dtype=str, keep_default_na=False)

    def find_table(self, name: str) -> dict[str, Any]:
        """Find the manifest's entry for a table; ``name`` may omit the schema.

        Raises :class:`InputError`, with the nearest names, if the release has no such table.
        """
        schema, _, table = name.rpartition(".")
        tables = sorted(self.manifest["tables"], key=lambda t: (t["schema"], t["table"]))
        for entry in tables:
            if entry["table"] == table and schema in ("", entry["schema"]):
                return dict(entry)
        names = [entry["table"] for entry in tables]
        near = difflib.get_close_matches(table, names, n=3, cutoff=0.4)
        raise InputError(
            message(
                "release {release_id} has no table {table!r}: {hint}",
                release_id=self.release_id,
                table=name,
                hint=message("did you mean {names}?", names=near)
                if near
                else message("see `klynge releases show`"),
            )
        )

    def query(self, sql: str, *, restricted: bool = False) -> pd.DataFrame:
        """Run a query, and return a frame with exact decimals; see :meth:`arrow`.

        If the frame is empty, ``frame.attrs["why_empty"]`` says why, if the reason is known.
        """
        import pandas as pd  # noqa: PLC0415 - it takes half a second; most commands do without it

        result = self.arrow(sql, restricted=restricted)
        frame: pd.DataFrame = result.to_pandas(types_mapper=pd.ArrowDtype)
        if not result.num_rows:
            frame.attrs["why_empty"] = why_empty(self, named_tables(sql))
        return frame

    def metric(  # noqa: PLR0913 - the parts of a question
        self,
        name: str,
        by: str | Sequence[str] = (),
        where: Filters | None = None,
        *,
        basis: str | None = None,
        numbers: Literal["decimal", "float"] = "decimal",
        labels: Literal["da", "en"] | None = None,
    ) -> pd.DataFrame:
        """Return the values of a metric, for example ``metric("money_consumed", by="period")``.

        ``by`` names dimensions; the answer has a row for every value of each. ``where`` gives the
        values that a dimension may have. Numbers are exact decimals. With ``numbers="float"`` they
        are floats, which charts and ``to_csv(decimal=",")`` need. ``labels`` gives headings and
        names in Danish or English; without it, headings are the names of metrics and dimensions.
        ``frame.attrs`` describes the figures; see :func:`klynge.metrics.tables.describe_answer`.

        Raises :class:`InputError` for an unknown name; the error suggests similar names. Also
        raises it for a question without a meaningful answer; the error says what to ask instead. If
        no row fits, ``frame.attrs["ask_instead"]`` has similar questions that have an answer.
        """
        # pandas takes half a second; most commands do without it
        from klynge.metrics.tables import describe_answer, headings, make_table  # noqa: PLC0415
        from klynge.releases.frames import make_frame  # noqa: PLC0415

        asked = (by,) if isinstance(by, str) else tuple(by)
        try:
            answer = self.ask(Request(name, asked, where or {}, basis))
        except RefusalError as refused:
            raise refused.in_python() from None
        language = Language(labels or "en")
        table = make_table(answer, language, codes=labels is None)
        if labels is not None:
            table = table.rename_columns(headings(answer, table, language))
        frame = make_frame(table, numbers)
        frame.attrs.update(describe_answer(answer, language), release_id=self.release_id)
        if not table.num_rows:
            frame.attrs["why_empty"] = why_empty(self, answer.tables)
            frame.attrs["ask_instead"] = [as_python(one) for one in answer.instead]
        return frame

    def ask(self, request: Request) -> Answer:
        """Answer a question to a metric; the figures are read from the analysts' edition.

        Raises :class:`InputError` if the release has no metrics or no database, and
        :class:`~klynge.metrics.refusals.RefusalError` if the question has no meaningful answer.
        """
        with self.connect() as connection:
            return answer_question(connection, self.catalogue, request)

    @property
    def catalogue(self) -> Catalogue:
        """The declared metrics.

        Raises :class:`InputError` for a release of an older version, which has no metrics.
        """
        path = self.path / METRICS
        if not path.is_file():
            raise InputError(
                message(
                    "release {release_id} has no metrics, because an older version of the program "
                    "built it: run `klynge nightly`",
                    release_id=self.release_id,
                )
            )
        return read_catalogue(read_json(path))

    @contextmanager
    def connect(self, *, restricted: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the database of an edition for reading while the context is open.

        A query can read no other file of this machine; see
        :func:`~klynge.releases.fenced_database.fenced_database`. Raises :class:`InputError` if the
        database was removed.
        """
        self.require_database()
        database = self.whole_database if restricted else self.analysts_database
        with fenced_database(database) as connection:
            yield connection

    def require_database(self) -> None:
        """Raise :class:`InputError` if the database was removed."""
        if not self.has_database:
            raise InputError(
                message(
                    "the database of release {release_id} was removed by retention or erasure: "
                    "rebuild it with `klynge releases rebuild {release_id}`; its marts are still "
                    "there as Parquet files, in marts/",
                    release_id=self.release_id,
                )
            )

    def arrow(self, sql: str, *, restricted: bool = False) -> pa.Table:
        """Run a query on the analysts' or the restricted edition, and return an Arrow table.

        Raises :class:`InputError` if ``sql`` is not exactly one query, if it fails, or if it would
        write.
        """
        _require_one_query(sql)
        try:
            with self.connect(restricted=restricted) as connection:
                return connection.sql(sql).to_arrow_table()
        except duckdb.Error as error:
            hint = "" if restricted else self._restricted_hint(sql)
            raise InputError(
                message(
                    "the query failed in release {release_id}: {error}{hint}",
                    release_id=self.release_id,
                    error=self._describe_error(error, sql, restricted=restricted),
                    hint=hint,
                )
            ) from None

    def _describe_error(self, error: duckdb.Error, sql: str, *, restricted: bool) -> Message:
        names = [
            f"{table['schema']}.{table['table']}"
            for table in self.manifest["tables"]
            if restricted or table["edition"] != RESTRICTED
        ]
        return describe_query_error(str(error), sql, read_descriptions(self.path), names)

    def _restricted_hint(self, sql: str) -> str:
        """A hint for a failed query that names restricted tables; for any other, an empty text."""
        tables = (t["table"] for t in self.manifest["tables"] if t["edition"] == RESTRICTED)
        if named := [table for table in tables if table in sql]:
            return message(
                "\nonly the restricted edition has {tables}: use `--restricted`", tables=named
            )
        return ""


def _require_one_query(sql: str) -> None:
    """Refuse several statements, and a statement that writes to the database or to a file."""
    try:
        statements = duckdb.extract_statements(sql)
    except duckdb.Error as error:
        described = describe_query_error(str(error), sql, {}, ())
        raise InputError(message("the query cannot be parsed: {error}", error=described)) from None
    if len(statements) != 1:
        raise InputError(
            message("give exactly one query that reads, such as `select …` or `from …`")
        )
    if statements[0].type not in _READING:
        raise InputError(describe_refused_statement(statements[0].type.name))


def open_release(release: str | Path | None = None, home: Home | None = None) -> Release:
    """Open the current release, or any release by its id or its folder.

    ``release`` is an id, the first characters of an id, or the path of a release's folder, which
    may be anywhere. The result stays the same release even if another release becomes
    current. Raises :class:`InputError` if nothing is published yet, or if the release is not found.
    """
    if release is not None and _is_path(release):
        return _open_folder(Path(release).expanduser().resolve())
    home = home or Home.from_environment()
    if release is None:
        current = home.releases / "current"
        if not current.exists():
            raise InputError(
                message(
                    "nothing is published yet in {home}: run `klynge nightly`", home=str(home.root)
                )
            )
        return Release(current.resolve())
    release_id = str(release)
    ids = [r.release_id for r in list_releases(home)]
    if release_id not in ids:
        near = [i for i in ids if i.startswith(release_id)]
        if len(near) != 1:
            raise InputError(
                message(
                    "no release {release_id!r}: `klynge releases list` shows them",
                    release_id=release_id,
                )
            )
        release_id = near[0]
    return Release(home.releases / release_id)


def _is_path(release: str | Path) -> bool:
    if isinstance(release, Path):
        return True
    separators = (os.sep, os.altsep or os.sep)
    return any(one in release for one in separators) or (Path(release) / MANIFEST).is_file()


def _open_folder(folder: Path) -> Release:
    if folder.is_file():
        # the path is that of the database or the manifest in the folder
        folder = folder.parent
    if not (folder / MANIFEST).is_file():
        inside = [p for p in (folder / "current", folder / "releases" / "current") if p.is_dir()]
        raise InputError(
            message(
                "{folder} is not the folder of a release, because it holds no {manifest}{hint}",
                folder=str(folder),
                manifest=MANIFEST,
                hint=message(": did you mean {names}?", names=[*map(str, inside)])
                if inside
                else "",
            )
        )
    try:
        release_id = str(read_json(folder / MANIFEST)["release_id"])
    except (ValueError, KeyError, TypeError):
        raise InputError(
            message("{path} cannot be read: it is damaged", path=str(folder / MANIFEST))
        ) from None
    return Release(folder, copied_from=release_id)


def find_outdated(release: Release, ledger: Iterable[Load]) -> list[Load]:
    """Find the loads whose rows were erased after the release was published."""
    held = {
        entry["load_id"]: entry.get("rows_erased", 0)
        for entry in release.manifest["inputs"]["loads"]
        if not entry.get("erased")
    }
    return [
        load
        for load in ledger
        if load.load_id in held and (load.erased or load.rows_erased > held[load.load_id])
    ]


def list_releases(home: Home) -> list[Release]:
    """All releases, oldest first."""
    return [Release(p.parent) for p in sorted(home.releases.glob("2*/manifest.json"))]
