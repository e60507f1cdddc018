"""The build that a partial run works on. A partial run has a selection of assets and checks.

If an earlier run left a build at ``home.database``, the partial run works on this build. Otherwise
it works on a copy of the current release. A partial run changes only the selected tables, and never
``releases/``. The next whole run starts a new build.
"""

import shutil

import duckdb

from klynge import progress
from klynge.home import UNFINISHED, Home, machine_errors, own_alone
from klynge.releases.reading import open_release


def ensure_build(home: Home) -> None:
    """Copy the current release to ``home.database`` if there is a release and no build yet."""
    if home.database.exists():
        progress.milestone("partial run: works on the build that an earlier run left")
    elif (home.releases / "current").exists() and open_release(home=home).has_database:
        release = open_release(home=home)
        draft = home.build / f"{UNFINISHED}{home.database.name}"
        with machine_errors(str(home.build)):
            shutil.copyfile(release.whole_database, draft)
            own_alone(draft)
            draft.replace(home.database)
        progress.milestone(f"partial run: works on a copy of release {release.release_id}")
    else:
        progress.milestone("partial run: nothing is built yet")


def built_tables(home: Home) -> frozenset[str]:
    """List every table and view in the build as ``schema.table``."""
    if not home.database.exists():
        return frozenset()
    with duckdb.connect(str(home.database), read_only=True) as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
    return frozenset(name for (name,) in rows)
