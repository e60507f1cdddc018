"""Write a file or a folder under another name first, so that no reader sees an unfinished file."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from klynge.errors import InputError, MachineError
from klynge.home import UNFINISHED, machine_remedy
from klynge.messages import message

#: The file that marks the folder of an export. A folder without this file is not replaced.
MARK = "export.json"


@contextmanager
def draft_file(path: Path) -> Iterator[Path]:
    """Give the path of a draft beside ``path``; the finished draft takes the place of ``path``.

    If writing fails, the draft is removed and ``path`` stays as it was. Raises :class:`InputError`
    if ``path`` cannot be a file. Raises :class:`MachineError` if the disk is full or another
    program holds the file open.
    """
    path = path.absolute()
    _require_parent(path)
    if path.is_dir():
        raise InputError(message("{path} is a folder: give the name of a file", path=str(path)))
    draft = _draft_of(path)
    try:
        with _write_errors(path):
            yield draft
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
        _replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """Give an empty draft folder beside ``path``; the finished draft replaces ``path``.

    ``path`` may be new, an empty folder, or the folder of an earlier export, which contains
    :data:`MARK`. Raises the errors of :func:`draft_file`.
    """
    path = path.absolute()
    _require_parent(path)
    _require_replaceable(path)
    draft, former = _draft_of(path), path.with_name(f"{UNFINISHED}{os.getpid()}-old-{path.name}")
    try:
        with _write_errors(path):
            draft.mkdir()
            yield draft
        if path.exists():
            _replace(path, former)
        _replace(draft, path)
    except BaseException:
        if former.exists() and not path.exists():
            former.rename(path)
        raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(former, ignore_errors=True)


def _draft_of(path: Path) -> Path:
    return path.with_name(f"{UNFINISHED}{os.getpid()}-{path.name}")


def _require_parent(path: Path) -> None:
    if not path.parent.is_dir():
        raise InputError(
            message(
                "{folder} is not a folder: create it, or give another --out",
                folder=str(path.parent),
            )
        )


def _require_replaceable(path: Path) -> None:
    if path.is_dir() and (not any(path.iterdir()) or (path / MARK).is_file()):
        return
    if path.exists():
        raise InputError(
            message(
                "{path} holds files that are not an earlier export: give a new folder",
                path=str(path),
            )
        )


def _replace(draft: Path, path: Path) -> None:
    try:
        draft.replace(path)
    except PermissionError:
        raise MachineError(
            message(
                "{path} cannot be replaced: it is open in another program, such as Excel, or you "
                "may not write it; close it, and run again",
                path=str(path),
            )
        ) from None
    except OSError as error:
        raise _write_error(path, error) from error


@contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # each library that writes files has its own exception for a full disk and similar errors
        if not isinstance(error, OSError) and machine_remedy(error) is None:
            raise
        raise _write_error(path, error) from error


def _write_error(path: Path, error: Exception) -> MachineError:
    remedy = machine_remedy(error) or getattr(error, "strerror", None) or str(error)
    return MachineError(
        message("cannot write to {place}: {remedy}, and run again", place=str(path), remedy=remedy)
    )
