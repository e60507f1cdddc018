"""Write an answer into a file of one of several formats."""

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import pyarrow.parquet as pq

from klynge.errors import InputError
from klynge.exports.answers import Answer, read_table
from klynge.exports.csv_files import write_danish_csv
from klynge.exports.drafts import MARK, draft_file, draft_folder
from klynge.exports.rows import require_own_names, to_json, write_csv
from klynge.messages import message, one_of
from klynge.releases.reading import Release


class FileFormat(StrEnum):
    """A format of files. A user writes the value, for example ``--format csv-da``."""

    xlsx = "xlsx"
    danish_csv = "csv-da"
    csv = "csv"
    parquet = "parquet"
    json = "json"

    @property
    def suffix(self) -> str:
        """The ending of the file names."""
        return ".csv" if self is FileFormat.danish_csv else f".{self}"

    @classmethod
    def of(cls, path: Path) -> "FileFormat":
        """Find the format by the ending of a file's name.

        Raises :class:`InputError` if no format has this ending.
        """
        suffix = path.suffix.lower().removeprefix(".")
        if suffix not in set(cls):
            raise InputError(
                message(
                    "--out {file}: give --format {formats}",
                    file=str(path),
                    formats=one_of([*cls]),
                )
            )
        return cls(suffix)


def write_answer(answer: Answer, file_format: FileFormat, path: Path) -> None:
    """Write an answer into a file. The file appears only when it is finished.

    Raises :class:`InputError` if the format cannot hold the answer or the path is wrong. Raises
    :class:`MachineError` if the disk is full or the file is open in another program.
    """
    with draft_file(path) as draft:
        _write(answer, file_format, draft)


def write_tables(
    release: Release, tables: Iterable[str], file_format: FileFormat, folder: Path
) -> list[Path]:
    """Write a file for each table into a folder. The folder appears only when it is finished.

    ``export.json`` in the folder names the release and the files. Returns the paths of the files.
    Raises the errors of :func:`write_answer`.
    """
    names = {table: f"{table.partition('.')[2]}{file_format.suffix}" for table in tables}
    with draft_folder(folder) as draft:
        for table, name in names.items():
            _write(read_table(release, table), file_format, draft / name)
        about = {
            "release_id": release.release_id,
            "created_at": release.manifest["created_at"],
            "basis": release.manifest["basis"],
            "files": {name: table for table, name in names.items()},
        }
        (draft / MARK).write_text(json.dumps(about, ensure_ascii=False, indent=2), "utf-8")
    return [folder / name for name in names.values()]


def _write(answer: Answer, file_format: FileFormat, path: Path) -> None:
    match file_format:
        case FileFormat.xlsx:
            # importing xlsxwriter takes time, and most commands do not need it
            from klynge.exports.answer_workbooks import write_workbook  # noqa: PLC0415

            write_workbook(answer, path)
        case FileFormat.danish_csv:
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                write_danish_csv(answer, file)
        case FileFormat.csv:
            with path.open("w", encoding="utf-8", newline="") as file:
                write_csv(answer.rows, file)
        case FileFormat.parquet:
            require_own_names(answer.rows)
            pq.write_table(answer.rows, path)
        case FileFormat.json:
            with path.open("w", encoding="utf-8") as file:
                file.write(to_json(answer.rows))
