"""The settings of the dashboard, from the environment."""

import os
from dataclasses import dataclass

from klynge.errors import InputError
from klynge.home import Home
from klynge.messages import message

_ROLES = ("public", "analyst", "secretariat", "auditor")


@dataclass(frozen=True)
class Settings:
    """The home whose releases are shown, and how the dashboard knows its readers.

    ``proxy`` is the address of the proxy that logs readers in; None means that every reader sits at
    this machine and has ``local_role``. ``role_header`` is the header in which the proxy names the
    role of a reader. ``hosts`` are the names by which readers may call the server.
    """

    home: Home
    local_role: str = "auditor"
    proxy: str | None = None
    role_header: str = "x-klyngedata-role"
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")


def read_settings() -> Settings:
    """Read the settings from the variables that begin with ``KLYNGE_DASHBOARD_``.

    Raises :class:`InputError` for an unknown role.
    """

    def read(name: str, default: str) -> str:
        return os.environ.get(f"KLYNGE_DASHBOARD_{name}", default)

    settings = Settings(home=Home.from_environment())
    role = read("ROLE", settings.local_role)
    if role not in _ROLES:
        raise InputError(
            message("KLYNGE_DASHBOARD_ROLE={role!r}: use one of {roles}", role=role, roles=_ROLES)
        )
    hosts = tuple(filter(None, read("HOSTS", "").split(",")))
    return Settings(
        home=settings.home,
        local_role=role,
        proxy=read("PROXY", "") or None,
        role_header=read("ROLE_HEADER", settings.role_header).casefold(),
        hosts=(*settings.hosts, *hosts),
    )
