"""The role of a reader: at this machine, behind a proxy, and from anywhere else."""

import pytest
from starlette.requests import Request

from dashboard.identity import Role, role_of
from dashboard.settings import Settings, read_settings
from klynge.errors import InputError
from klynge.home import Home

PROXY = "10.0.0.1"


def role(client, headers=(), proxy=None, tmp="."):
    settings = Settings(home=Home(tmp), proxy=proxy)
    scope = {
        "type": "http",
        "client": (client, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return role_of(Request(scope), settings)


HEADER = "x-klyngedata-role"


@pytest.mark.parametrize(
    ("client", "headers", "proxy", "expected"),
    [
        ("127.0.0.1", [], None, Role.auditor),
        ("::1", [], None, Role.auditor),
        # another machine, or a proxy that no setting names
        ("10.0.0.7", [], None, Role.public),
        ("127.0.0.1", [("x-forwarded-for", "10.0.0.7")], None, Role.public),
        ("127.0.0.1", [("via", "1.1 proxy")], None, Role.public),
        ("10.0.0.7", [(HEADER, "auditor")], None, Role.public),
        # the trusted proxy
        (PROXY, [(HEADER, "Analyst ")], PROXY, Role.analyst),
        (PROXY, [(HEADER, "secretariat"), ("x-forwarded-for", "1.2.3.4")], PROXY, Role.secretariat),
        (PROXY, [], PROXY, Role.public),
        (PROXY, [(HEADER, "root")], PROXY, Role.public),
        (PROXY, [(HEADER, "public"), (HEADER, "auditor")], PROXY, Role.public),
        # somebody who goes around the proxy
        ("127.0.0.1", [(HEADER, "auditor")], PROXY, Role.public),
        ("10.0.0.7", [(HEADER, "auditor")], PROXY, Role.public),
    ],
)
def test_only_this_machine_and_the_trusted_proxy_give_a_role(client, headers, proxy, expected):
    assert role(client, headers, proxy) is expected


def test_only_the_secretariat_and_auditors_see_restricted_rows():
    assert [one.name for one in Role if one.sees_restricted] == ["secretariat", "auditor"]


def test_an_unknown_role_in_the_settings_is_refused(monkeypatch):
    monkeypatch.setenv("KLYNGE_DASHBOARD_ROLE", "root")
    with pytest.raises(InputError, match="KLYNGE_DASHBOARD_ROLE"):
        read_settings()
