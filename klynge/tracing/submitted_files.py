"""Read the submitted file behind source rows again, for the lines of rows and the refused rows.

The raw zone keeps the number of an accepted row, not its line, and only the faulty values of a
refused row. The archived file has both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.contracts import Column, Contract, read_contracts
from klynge.intake.formats.reading import read_submitted_file
from klynge.intake.proposals import read_number
from klynge.intake.refused import KRONER, read_refused
from klynge.intake.spelling import plain_letters
from klynge.messages import Message, label, message
from klynge.raw_zone import REJECTS, folder, read_load
from klynge.releases.reading import CONTRACTS, Release
from klynge.tracing.report import Source
from klynge.tracing.sources import SupportingRows

#: Format -> the size of the largest file that is read again, because a trace answers at once. A
#: workbook is packed, and takes longer to read.
_MAX_BYTES = {".csv": 20_000_000, ".parquet": 20_000_000, ".xlsx": 2_000_000}


def with_refused_lines(home: Home, sources: Iterable[Source]) -> list[Source]:
    """Add the lines of refused rows to sources whose load is of an older version."""
    return [
        replace(one, about=_refused_lines(home, one.about)) if one.kind == "submission" else one
        for one in sources
    ]


def _refused_lines(home: Home, about: dict[str, Any]) -> dict[str, Any]:
    dataset, load_id = about["dataset"], about["load_id"]
    if about.get("refused") or not (folder(home, dataset, load_id) / REJECTS).exists():
        return about
    refused = read_refused(home, read_load(home, dataset, load_id))
    return {**about, "refused": refused} if refused else about


@dataclass(frozen=True)
class FileReader:
    """Reads the archived files of a release's loads again."""

    home: Home
    release: Release
    supporting: SupportingRows
    #: the key of the traced figure
    key: Mapping[str, Any]

    def add_lines(self, sources: Iterable[Source]) -> list[Source]:
        """Add to the sources what their archived files say.

        Each row of a submission gets its ``line``. ``about["refused"]`` gets ``of_figure``, which
        describes the refused rows that the key of the figure does not exclude. A file that cannot
        be read again adds nothing.
        """
        return [self._add(one) if one.kind == "submission" else one for one in sources]

    @cached_property
    def _contracts(self) -> dict[str, Contract]:
        return read_contracts(self.release.path / CONTRACTS)

    def _add(self, source: Source) -> Source:
        rows = self._read(source)
        if rows is None:
            return source
        lines = dict(zip(rows["source_row"].to_pylist(), rows["line"].to_pylist(), strict=True))
        places = [{**one, "line": lines.get(one["row"])} for one in source.places]
        refused = source.about.get("refused")
        if not refused:
            return replace(source, places=places)
        scope = self._refused_of_figure(source, rows, refused)
        about = {**source.about, "refused": {**refused, "of_figure": scope} if scope else refused}
        return replace(source, places=places, about=about)

    def _read(self, source: Source) -> pa.Table | None:
        """Read source_row, line and the contract's columns as text; None if this fails."""
        contract = self._contracts.get(source.about["dataset"])
        if contract is None or source.sha256 is None:
            return None
        try:
            archived, suffix = self.home.archive / source.sha256, Path(source.file).suffix.lower()
            if not archived.is_file() or archived.stat().st_size > _MAX_BYTES.get(suffix, 0):
                return None
            with TemporaryDirectory() as temporary:
                # an archived file has no suffix, but the suffix says how to read it
                file = Path(temporary) / f"file{suffix}"
                file.symlink_to(archived.resolve())
                read = read_submitted_file(file, contract)
        except (InputError, OSError):
            return None
        return pa.concat_tables([read.rows, *([read.broken_rows] if read.broken_rows else [])])

    def _refused_of_figure(
        self, source: Source, rows: pa.Table, refused: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Summarise the refused rows that can belong to the figure.

        A refused row cannot belong to the figure if it states another known value in a column of
        the key. ``is_exact`` is true if all supporting rows of the file have the key's values, so
        that no other row can belong to the figure. Returns None if the key shares no column with
        the file.
        """
        contract = self._contracts[source.about["dataset"]]
        shared = list(self._shared_columns(source, contract))
        faulty = self._refused_rows(source)
        if not shared or faulty is None:
            return None
        given = rows.filter(pc.is_in(rows["source_row"], faulty)).to_pylist()
        kept = [row for row in given if not any(_states_another(row, one) for one in shared)]
        # the amount of a repeated row does not count, and the file does not say which rows are
        # repeated
        is_same = _amounts(given, contract) == refused.get("amounts")
        return {
            "rows": len(kept),
            "lines": sorted(row["line"] for row in kept),
            "amounts": _amounts(kept, contract) if is_same else {},
            "values": [one.words for one in shared],
            "is_exact": all(one.is_exact for one in shared),
        }

    def _refused_rows(self, source: Source) -> pa.Array | None:
        path = folder(self.home, source.about["dataset"], source.about["load_id"]) / REJECTS
        if not path.is_file():
            return None
        return pq.read_table(path, columns=["source_row"])["source_row"].combine_chunks()

    def _shared_columns(self, source: Source, contract: Contract) -> Iterator["_Shared"]:
        """Find the columns that the file shares with the figure's key, with the figure's value."""
        key = {n.removesuffix("_id"): v for n, v in self.key.items() if isinstance(v, str)}
        for column in contract.columns:
            value = key.get(column.name.removesuffix("_id"))
            if value is None or column.personal or column.logical_type != "string":
                continue
            found = self.supporting.connection.execute(
                f'select "{column.name}", count(*) from {self.supporting.relation(source.table)} '
                "where load_id = $load group by all",
                {"load": source.about["load_id"]},
            ).fetchall()
            rows = dict(found)
            # if the key has other codes than the file's column, it says nothing about the file's
            # rows
            if value in rows:
                codes = {plain_letters(code): code for code in rows if code}
                codes |= {plain_letters(name): code for code, name in column.allowed.items()}
                codes |= {plain_letters(code): code for code in column.allowed}
                yield _Shared(column, value, codes, is_exact=len(rows) == 1)


@dataclass(frozen=True)
class _Shared:
    """A column that a file and the key of a figure share."""

    column: Column
    #: the figure's value
    value: str
    #: a code or its name, in plain letters -> the code
    codes: Mapping[str, str]
    #: whether all supporting rows of the file have the value
    is_exact: bool

    @property
    def words(self) -> Message:
        """The column and the value for a reader."""
        danish = self.column.allowed.get(self.value, self.value)
        return message(
            "{column} {value}",
            column=label(self.column.name, self.column.label_da),
            value=label(self.value, danish),
        )


def _states_another(row: Mapping[str, Any], shared: _Shared) -> bool:
    """Whether a row states, as a code or a name, a known value that is not the figure's."""
    stated = shared.codes.get(plain_letters(row[shared.column.name] or ""))
    return stated is not None and stated != shared.value


def _amounts(rows: list[dict[str, Any]], contract: Contract) -> dict[str, str]:
    """Map each column to the sum of its readable amounts in kroner, in the form of the ledger."""
    found = {}
    for column in (c for c in contract.columns if c.unit == KRONER):
        read = [read_number(row[column.name] or "", contract.dialect) for row in rows]
        amounts = [amount for amount in read if amount is not None]
        if amounts:
            found[column.name] = str(sum(amounts, Decimal()).quantize(Decimal("0.01")))
    return found
