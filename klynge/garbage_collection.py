"""Python's search for unreachable objects, which a run with millions of objects must not repeat."""

import gc

#: Python searches the new objects for cycles that nothing reaches when there are this many. By
#: default it does so at 700 to 2,000 objects, depending on its version.
NEW_OBJECTS = 20_000
#: After this many searches Python also searches the objects that a single search has left. After
#: this many of those searches it searches all objects: after some 40 million new objects. A run on
#: the documents makes 8 million.
SEARCHES = (20, 100)


def collect_rarely() -> None:
    """Search rarely for cycles of unreachable objects, from now to the end of the process.

    dbt, Dagster and Great Expectations keep nearly all their objects until the end of a run. So the
    searches find little, and they took a seventh of the processor time of a nightly run. An object
    that is in no cycle is freed at once, as always.
    """
    gc.set_threshold(NEW_OBJECTS, *SEARCHES)
