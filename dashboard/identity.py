"""Who reads a page, and what this reader may see."""

from enum import IntEnum

from starlette.requests import Request

from dashboard.settings import Settings


class Role(IntEnum):
    """What a reader may see. A higher role sees everything that a lower role sees."""

    public = 0
    analyst = 1
    secretariat = 2
    auditor = 3

    @property
    def sees_restricted(self) -> bool:
        """Whether the reader may see rows about single participants, members and companies."""
        return self >= Role.secretariat


def role_of(request: Request, settings: Settings) -> Role:
    """Return the role of the reader who sends a request.

    Behind a trusted proxy, the proxy's header names the role; a header that is missing or has an
    unknown role means ``public``. The header of anybody else is ignored. Without a proxy, the
    reader sits at this machine and has the role that the settings give.
    """
    if settings.proxy is None:
        return Role[settings.local_role]
    client = request.client.host if request.client else ""
    named = request.headers.get(settings.role_header, "") if client == settings.proxy else ""
    return Role.__members__.get(named.strip().casefold(), Role.public)
