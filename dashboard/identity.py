"""Who reads a page, and what this reader may see."""

from enum import IntEnum

from starlette.requests import Request

from dashboard.settings import Settings

#: The addresses of readers at this machine.
_THIS_MACHINE = ("127.0.0.1", "::1")
#: Headers that proxies add to the requests of other machines.
_PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


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

    Behind a trusted proxy, the proxy's header names the role; a header that is missing, comes twice
    or has an unknown role means ``public``. The header of anybody else is ignored. Without a proxy,
    a reader at this machine has the role that the settings give. Any other reader is ``public``,
    and so is a request that a proxy without a setting passed on.
    """
    client = request.client.host if request.client else ""
    if settings.proxy is None:
        is_here = client in _THIS_MACHINE and not any(
            name in request.headers for name in _PASSED_ON
        )
        return Role[settings.local_role] if is_here else Role.public
    named = request.headers.getlist(settings.role_header) if client == settings.proxy else []
    role = named[0].strip().casefold() if len(named) == 1 else ""
    return Role.__members__.get(role, Role.public)
