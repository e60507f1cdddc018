"""Find other questions with an answer, for a question that is refused or that has no rows.

A reader is never sent to a question that is refused, too, or that has no rows: each question is
tried before it is named.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable

from klynge.metrics.refusals import RefusalError
from klynge.metrics.requests import Change, Request

#: At most this many questions are named, and at most this many are tried.
_NAMED, _TRIED = 3, 40

#: A function that says whether a question has rows; it raises ``RefusalError`` if it is refused.
HasRows = Callable[[Request], bool]


def find_answered(
    has_rows: HasRows, request: Request, changes: Iterable[Change]
) -> tuple[Request, ...]:
    """Return up to three changed questions that have an answer, with as few changes as possible.

    If each changed question is refused as well, the changes that its own refusal names are tried,
    too.
    """
    waiting = deque((change.apply(request), 1) for change in changes)
    seen = {_key(request)}
    found: list[Request] = []
    reached = 0
    for _ in range(_TRIED):
        if not waiting or len(found) == _NAMED:
            break
        changed, depth = waiting.popleft()
        if found and depth > reached:
            break
        if _key(changed) in seen:
            continue
        seen.add(_key(changed))
        try:
            if has_rows(changed):
                found.append(changed)
                reached = depth
        except RefusalError as refused:
            waiting.extend((change.apply(changed), depth + 1) for change in refused.changes)
    return tuple(found)


def _key(request: Request) -> Hashable:
    """What makes two questions the same one."""
    where = {(name, *values) for name, values in request.where.items()}
    return request.metric, frozenset(request.by), frozenset(where), request.basis
