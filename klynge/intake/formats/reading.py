"""Reading a submitted file into text, whatever its format."""

from pathlib import Path

from klynge.intake.contracts import Contract
from klynge.intake.formats.csv_files import read_csv_file
from klynge.intake.formats.parquet_files import read_parquet_file
from klynge.intake.formats.passed_over import pass_over
from klynge.intake.formats.text_file import MAX_FILE_BYTES, FileRefusedError, TextFile
from klynge.messages import message


def read_submitted_file(path: Path, contract: Contract) -> TextFile:
    """Read a file by its suffix. Raises :class:`FileRefusedError`."""
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".xlsx", ".parquet"}:
        raise FileRefusedError(
            message(
                "{file}: files are .csv, .xlsx or .parquet; save it as one of them",
                file=path.name,
            )
        )
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise FileRefusedError(
            message(
                "{file}: {size:,} bytes; the limit is {limit} MB: send a file and partial "
                "corrections",
                file=path.name,
                size=size,
                limit=MAX_FILE_BYTES // 1_000_000,
            )
        )
    if suffix == ".xlsx":
        # this imports an XML parser and a cell reader, which most commands do not need
        from klynge.intake.formats.workbooks import read_workbook  # noqa: PLC0415

        return pass_over(read_workbook(path, contract), contract)
    read = read_csv_file if suffix == ".csv" else read_parquet_file
    return pass_over(read(path, contract), contract)
