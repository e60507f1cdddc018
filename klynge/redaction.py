"""Remove values of erased rows from the records of runs and the results of checks.

Results of checks list failing rows, and these may hold pseudonyms or other values of erased rows.
If a failing row or a line of text names an erased row, its values are removed.
"""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from klynge.home import Home, own_alone, write_atomically

#: The text in place of a removed value.
ERASED = "(erased)"
#: Pages break long names; see :mod:`expectations.data_docs`.
_BREAK = "<wbr>"


def redact_records(home: Home, texts: Collection[str]) -> list[Path]:
    """Remove all values that contain one of ``texts`` from the records of runs.

    Returns the files that were changed. Records are JSON files and pages.
    """
    return [path for path in find_records(home, texts) if _redact(path, texts)]


def find_records(home: Home, texts: Collection[str]) -> Iterator[Path]:
    """Find the files of runs, and the record of refused files, that contain one of ``texts``."""
    if not texts:
        return
    places = [home.root / "refused.json", *sorted(home.runs.rglob("*"))]
    for path in places:
        if path.suffix in (".json", ".html") and path.is_file():
            content = path.read_text(encoding="utf-8").replace(_BREAK, "")
            if any(text in content for text in texts):
                yield path


def _redact(path: Path, texts: Collection[str]) -> bool:
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        cleaned = json.dumps(_clean(json.loads(content), texts), ensure_ascii=False, indent=2)
    else:
        cleaned = content.replace(_BREAK, "")
        for text in texts:
            cleaned = cleaned.replace(text, ERASED)
    write_atomically(path, f"{cleaned}\n".encode())
    own_alone(path)
    return True


def _clean(content: Any, texts: Collection[str]) -> Any:
    if isinstance(content, str):
        lines = content.split("\n")
        return "\n".join(ERASED if any(t in line for t in texts) else line for line in lines)
    if isinstance(content, list):
        return [_clean(one, texts) for one in content]
    if isinstance(content, dict):
        is_row = all(isinstance(value, str) for value in content.values())
        if is_row and any(text in value for value in content.values() for text in texts):
            # the other values of the row are about the same person
            return dict.fromkeys(content, ERASED)
        return {name: _clean(value, texts) for name, value in content.items()}
    return content
