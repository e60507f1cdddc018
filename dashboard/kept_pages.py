"""Pages that are kept, because they follow from the release, the address and the minute."""

import threading
from collections import OrderedDict
from collections.abc import Callable

from starlette.responses import Response

from dashboard.databases import File

#: How many pages are kept. A page has 100 kB at most, as a rule.
KEPT = 200

#: What decides the content of a page: the database, the minute (0 for a page that shows nothing but
#: the release), the address with its parameters, and the role.
Key = tuple[File, int, str, str]


class KeptPages:
    """The pages that were asked for last, as the bytes that were sent."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Key, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, key: Key, make: Callable[[], Response]) -> Response:
        """Return the kept page, or the page that ``make`` makes. An error is not kept."""
        with self._lock:
            if key in self._pages:
                self._pages.move_to_end(key)
                return Response(self._pages[key], media_type="text/html")
        response = make()
        if response.status_code == 200 and response.media_type == "text/html":
            with self._lock:
                self._pages[key] = bytes(response.body)
                while len(self._pages) > KEPT:
                    self._pages.popitem(last=False)
        return response
