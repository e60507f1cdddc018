"""``klynge metrics export``: the metrics in the formats of other tools."""

import io
import shutil
import tempfile
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.output import console, errors, require_folder
from klynge import open_release
from klynge.errors import InputError
from klynge.home import machine_errors, write_atomically
from klynge.messages import message
from klynge.metrics.exports.osi import write_osi
from klynge.metrics.exports.schema import read_tables
from klynge.metrics.exports.superset import left_out, write_superset
from klynge.metrics.exports.tmdl import write_tmdl


class Target(StrEnum):
    """A format of another tool."""

    osi = "osi"
    superset = "superset"
    tmdl = "tmdl"


_WRITERS = {Target.osi: write_osi, Target.superset: write_superset, Target.tmdl: write_tmdl}


def export(
    to: Annotated[
        Target,
        typer.Option(
            help="osi: an Ossie (OSI) file. superset: a zip file of datasets to import. "
            "tmdl: the folder of a semantic model for Power BI."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The file, or for tmdl the new folder, to write.")],
    release: Annotated[
        str | None,
        typer.Option(help="A release id or its first characters; default: the current one."),
    ] = None,
) -> None:
    """Write the metrics in the format of another tool.

    The expressions give no value for a question that `klynge metric` would refuse.
    """
    require_folder(out)
    opened = open_release(release)
    catalogue = opened.catalogue
    with opened.connect() as connection:
        tables = read_tables(connection, catalogue)
    files = _WRITERS[to](catalogue, tables, opened.release_id)
    with machine_errors(str(out)):
        if to is Target.osi:
            [text] = files.values()
            write_atomically(out, text.encode())
        elif to is Target.superset:
            write_atomically(out, _zip(files))
        else:
            _write_folder(out, files)
    console.print(str(out), soft_wrap=True)
    if to is Target.superset:
        errors.print(
            message(
                "note: Superset has no metrics on two tables, so these are left out: {names}",
                names=left_out(catalogue),
            ),
            soft_wrap=True,
        )


def _zip(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _write_folder(out: Path, files: dict[str, str]) -> None:
    """Write all files or none: write them into a draft folder, and then rename this folder."""
    if out.exists():
        raise InputError(
            message("{path} exists already: give a folder that does not exist", path=str(out))
        )
    draft = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.absolute().parent))
    try:
        for name, text in files.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        draft.rename(out)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
