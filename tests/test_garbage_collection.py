"""Test that a run searches rarely for unreachable objects, and still frees them."""

import gc
import weakref

from klynge.garbage_collection import NEW_OBJECTS, collect_rarely


class Ring:
    """An object that refers to itself, so that only a search frees it."""

    def __init__(self) -> None:
        self.ring = self


def test_unreachable_objects_are_freed_after_many_new_objects():
    former = gc.get_threshold()
    try:
        collect_rarely()
        gc.collect()
        ring = weakref.ref(Ring())
        few = [[] for _ in range(NEW_OBJECTS // 2)]
        assert ring() is not None
        many = [[] for _ in range(NEW_OBJECTS)]
        assert ring() is None
    finally:
        gc.set_threshold(*former)
    assert len(few) < len(many)
