"""The same figure in other releases, and what changed it from one release to the next."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb

from dashboard.figures import find_row, find_table, require_column
from klynge.errors import KlyngeError
from klynge.home import Home
from klynge.messages import message
from klynge.releases.cause_texts import name_causes
from klynge.releases.comparison import Comparison
from klynge.releases.publishing import MARTS
from klynge.releases.queries import literal, relation
from klynge.releases.reading import Release, list_releases
from klynge.warehouse.schemas import STAR

#: At most this many releases are looked at, the newest first.
RELEASES = 10

#: A key as pairs of column and value; an empty text means NULL.
_Key = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Version:
    """A figure in one release. ``missing`` says why there is no value; it is empty otherwise."""

    release: Release
    value: Any
    missing: str
    #: the release before this one, if the figure differs there
    changed_since: Release | None

    @property
    def created_at(self) -> str:
        """When the release was published, in ISO format."""
        return str(self.release.manifest["created_at"])


def find_versions(home: Home, table: str, key: Mapping[str, str], column: str) -> list[Version]:
    """Return the figure in each of the last releases, the newest first."""
    releases = list_releases(home)[-RELEASES:]
    read: dict[str, tuple[Any, str]] = {}
    versions: list[Version] = []
    for release in releases:
        content = _content_hashes(release).get(table, release.release_id)
        if content not in read:
            read[content] = _read(release, table, tuple(key.items()), column)
        value, missing = read[content]
        before = versions[-1] if versions else None
        differs = before and (value, bool(missing)) != (before.value, bool(before.missing))
        changed = before.release if before and differs else None
        versions.append(Version(release, value, missing, changed))
    return versions[::-1]


def describe_causes(
    comparison: Comparison, table: str, key: Mapping[str, str], column: str
) -> Iterator[str]:
    """Say what changed a figure between two releases."""
    found = [
        one
        for one in comparison.figures
        if one.mart == table
        and one.column in (column, None)
        and {name: value or "" for name, value in one.key.items()} == dict(key)
    ]
    if not found:
        yield message("the figure is the same in both releases")
    for one in found:
        causes = comparison.causes.get(one.figure_id, ())
        yield name_causes(list(causes)) if causes else message("the cause is not known")
    if comparison.mixed:
        yield message("code and inputs cannot be separated: {reason}", reason=comparison.mixed)
    yield from comparison.altered


@lru_cache(maxsize=50)
def _content_hashes(release: Release) -> dict[str, str]:
    tables = release.manifest["tables"]
    return {f"{one['schema']}.{one['table']}": one["content_hash"] for one in tables}


@lru_cache(maxsize=2000)
def _read(release: Release, table: str, key: _Key, column: str) -> tuple[Any, str]:
    """Read a figure of a release: its value, or why there is none."""
    try:
        with _open(release, table) as connection:
            found = find_table(connection, release, table)
            require_column(found, column)
            return find_row(connection, found, dict(key)).values[column], ""
    except KlyngeError as error:
        return None, error.message
    except duckdb.Error:
        return None, message("the figures of this release cannot be read")


@contextmanager
def _open(release: Release, table: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the file of a mart, which every release keeps, or else the database."""
    schema, _, name = table.partition(".")
    file = release.path / (STAR if schema == STAR else MARTS) / f"{name}.parquet"
    if not file.is_file():
        with release.connect() as connection:
            yield connection
        return
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f'create schema "{schema}"')
        connection.execute(f"create view {relation(table)} as from read_parquet({literal(file)})")
        yield connection
