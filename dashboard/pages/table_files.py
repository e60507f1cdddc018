"""A whole table as a file, and the dictionary of all tables."""

from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from dashboard.figures import find_table
from dashboard.view import View
from klynge.errors import InputError
from klynge.exports.answers import read_table
from klynge.exports.files import FileFormat, write_answer
from klynge.messages import message, one_of
from klynge.releases.dictionary import PAGE
from klynge.releases.reading import DICTIONARY, DOCS

#: The files of the dictionary by format.
_DICTIONARY = {"csv": DICTIONARY, "html": PAGE}


def build(view: View, table: str) -> Response:
    """Return a whole table as a file in the format that a parameter names.

    Raises :class:`InputError` for an unknown table or format, and if the format cannot hold it.
    """
    given = view.parameter("format", "csv")
    if given not in set(FileFormat):
        raise InputError(
            message("format={given}: use {known}", given=given, known=one_of([*FileFormat]))
        )
    form = FileFormat(given)
    found = find_table(view.connection, view.release, table)
    folder = TemporaryDirectory(prefix="klyngedata-")
    name = f"{found.name.partition('.')[2]}-{view.release.release_id}{form.suffix}"
    path = Path(folder.name) / name
    try:
        write_answer(read_table(view.release, found.name), form, path)
    except BaseException:
        folder.cleanup()
        raise
    return FileResponse(path, filename=name, background=BackgroundTask(folder.cleanup))


def build_dictionary(view: View) -> Response:
    """Return the dictionary of the release as a file.

    Raises :class:`InputError` for an unknown format, and for a release without a dictionary.
    """
    given = view.parameter("format", "csv")
    if given not in _DICTIONARY:
        known = one_of([*_DICTIONARY])
        raise InputError(message("format={given}: use {known}", given=given, known=known))
    path = view.release.path / DOCS / _DICTIONARY[given]
    if not path.is_file():
        raise InputError(
            message(
                "release {release_id} has no data dictionary, because an older version of the "
                "program made it",
                release_id=view.release.release_id,
            )
        )
    return FileResponse(path, filename=path.name)
