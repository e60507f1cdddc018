"""The names of codes, such as organisations and periods, in the language of a page."""

from collections.abc import Mapping
from functools import lru_cache

from dashboard.code_words import read_more_names
from dashboard.view import View
from klynge.exports.codes import find_code_lists, read_names


def names_of(view: View) -> Mapping[str, Mapping[str, str]]:
    """Return column -> code -> name. They are read once for each release and language."""
    found = _kept(str(view.release.path), view.language.value)
    if not found:
        lists = find_code_lists(view.release, view.language)
        names = read_names(set(lists.values()), lambda sql: view.connection.execute(sql).fetchall())
        read = {column: names[one] for column, one in lists.items()}
        for column, words in read_more_names(view).items():
            read[column] = {**words, **read.get(column, {})}
        # all at once, because other requests read the names at the same time
        found.update(read)
    return found


@lru_cache(maxsize=16)
def _kept(_path: str, _language: str) -> dict[str, Mapping[str, str]]:
    return {}
