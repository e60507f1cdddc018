"""A pseudonym is an HMAC-SHA256 that is the same everywhere; only the owner can read its key."""

import hashlib
import hmac
import os
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from klynge.errors import InputError
from klynge.home import Home
from klynge.intake.door import Door
from klynge.intake.pseudonyms import SAMPLE_KEY, PseudonymKey, read_key
from tests.submitted import at_rest, receive


@pytest.fixture(autouse=True)
def no_key_given(monkeypatch):
    monkeypatch.delenv("KLYNGE_PSEUDONYM_KEY", raising=False)
    monkeypatch.delenv("KLYNGE_PSEUDONYM_KEY_FILE", raising=False)


@given(st.binary(min_size=16, max_size=200), st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_a_pseudonym_is_a_mac(secret, cvr):
    mac = hmac.new(secret, f"DK:{cvr}".encode(), hashlib.sha256).hexdigest()
    assert PseudonymKey(secret).pseudonym("DK", cvr) == f"p_{mac[:32]}"


@given(st.sampled_from(["SE", "assessor"]), st.text("ABCØ0123456789", min_size=1))
def test_foreign_identifiers_are_written_in_many_ways(kind, identifier):
    mac = hmac.new(SAMPLE_KEY.secret, f"{kind}:{identifier}".encode(), hashlib.sha256).hexdigest()
    for written in (identifier, identifier.lower(), "-".join(identifier), f"{identifier} "):
        assert SAMPLE_KEY.pseudonym(kind, written) == f"p_{mac[:32]}"


def test_the_samples_pseudonyms_never_change():
    assert SAMPLE_KEY.pseudonym("DK", "12345674") == "p_b93811ec5ca6f964a2638e85b13f92dc"


def test_a_key_is_not_shown():
    assert "s3cret" not in repr(PseudonymKey(b"s3cret s3cret s3cret"))


def test_the_homes_key_is_made_once_for_the_owner(home):
    key = read_key(home)
    path = home.root / "pseudonym.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch(rb"[0-9a-f]{64}", key.secret)
    assert read_key(home) == key
    names = sorted(p.name for p in home.root.glob("*pseudonym*"))
    # the second file has the fingerprint of the key, which shows if the key was changed
    assert names == ["pseudonym.key", "pseudonym_key.json"]
    assert key.secret.decode() not in (home.root / "pseudonym_key.json").read_text()


def test_whoever_comes_second_has_the_firsts_key(home):
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(read_key(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len({key.secret for key in keys}) == 1


def test_a_given_key_comes_first(home, monkeypatch, tmp_path):
    path = tmp_path / "key"
    path.write_text("the key of a file\n")
    path.chmod(0o600)
    monkeypatch.setenv("KLYNGE_PSEUDONYM_KEY_FILE", str(path))
    assert read_key(home).secret == b"the key of a file"
    assert not (home.root / "pseudonym.key").exists()
    other = Home(tmp_path / "other")
    monkeypatch.setenv("KLYNGE_PSEUDONYM_KEY", "the key of an environment")
    assert read_key(other).secret == b"the key of an environment"
    with pytest.raises(InputError, match="another pseudonym key"):
        read_key(home)


def test_a_lost_key_is_not_replaced_by_a_new_one(home):
    read_key(home)
    (home.root / "pseudonym.key").unlink()
    with pytest.raises(InputError, match="put the key back from its backup"):
        read_key(home)


def test_a_home_with_pseudonyms_and_without_fingerprint_makes_no_new_key(home, tmp_path):
    path = tmp_path / "memberships_2021.csv"
    path.write_text(
        "organisation_id;member_id;country;member_type;dues_kr\nmade;12345674;DK;company;1\n"
    )
    at_rest(path)
    receive(Door.of(home), path)
    for name in ("pseudonym.key", "pseudonym_key.json"):
        (home.root / name).unlink()
    with pytest.raises(InputError, match="put the key back from its backup"):
        read_key(home)


def test_a_key_that_is_no_secret(home, monkeypatch, tmp_path):
    monkeypatch.setenv("KLYNGE_PSEUDONYM_KEY", "short")
    with pytest.raises(InputError, match=r"KLYNGE_PSEUDONYM_KEY: a key of 5 bytes") as caught:
        read_key(home)
    assert "short" not in str(caught.value)
    monkeypatch.delenv("KLYNGE_PSEUDONYM_KEY")
    path = tmp_path / "key"
    monkeypatch.setenv("KLYNGE_PSEUDONYM_KEY_FILE", str(path))
    with pytest.raises(InputError, match="cannot be read"):
        read_key(home)
    path.write_text("a key that all can read")
    os.chmod(path, 0o644)  # noqa: PTH101
    with pytest.raises(InputError, match="chmod 600"):
        read_key(home)
