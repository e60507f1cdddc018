"""Pseudonyms: what stands in place of a personal identifier once a file is through the door.

A pseudonym is a keyed MAC, so that only who holds the key can tell whose it is; the same identifier
gives the same pseudonym in every dataset. The key stays out of git, logs and the warehouse.
"""

import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors

_BLOCK_BYTES = 64  # of SHA-256
_SHORTEST_KEY_BYTES = 16
#: Foreign identifiers are written differently by different people, and are still the same.
_SMALL = "abcdefghijklmnopqrstuvwxyzæøåäöü"
_NORMALISED = str.maketrans(_SMALL, _SMALL.upper(), " .-/_")


@dataclass(frozen=True)
class PseudonymKey:
    """The secret of the pseudonyms; never shown."""

    secret: bytes = field(repr=False)

    def pseudonym(self, kind: str, identifier: str) -> str:
        """The pseudonym of an identifier; ``kind`` is its country, or what it identifies."""
        [made] = self.pseudonyms([f"{kind}:{identifier}"])
        return made

    def pseudonyms(self, identifiers: Iterable[str]) -> list[str]:
        """Pseudonyms of identifiers that are written ``<kind>:<identifier>``.

        It is HMAC-SHA256 with the key taken in once for all of them: twice as fast as :mod:`hmac`.
        """
        secret = self.secret if len(self.secret) <= _BLOCK_BYTES else sha256(self.secret).digest()
        padded = secret.ljust(_BLOCK_BYTES, b"\0")
        inner = sha256(bytes(b ^ 0x36 for b in padded)).copy
        outer = sha256(bytes(b ^ 0x5C for b in padded)).copy
        made = []
        for identifier in identifiers:
            within, around = inner(), outer()
            within.update(_normalised(identifier).encode())
            around.update(within.digest())
            made.append(f"p_{around.hexdigest()[:32]}")
        return made


def _normalised(identifier: str) -> str:
    kind, _, own = identifier.partition(":")
    # a CVR number is digits only, and most identifiers are one
    return identifier if kind == "DK" else f"{kind}:{own.translate(_NORMALISED)}"


#: For the sample, whose persons are invented: the same pseudonyms everywhere, and no secret.
SAMPLE_KEY = PseudonymKey(b"klyngedata sample, protects nobody")


def read_key(home: Home) -> PseudonymKey:
    """The key from the environment, or else the home's own, made when first asked for.

    ``KLYNGE_PSEUDONYM_KEY`` holds it, or ``KLYNGE_PSEUDONYM_KEY_FILE`` names its file; otherwise it
    is ``$KLYNGE_HOME/pseudonym.key``. Raises :class:`InputError` for a key that is no secret.
    """
    given = os.environ.get("KLYNGE_PSEUDONYM_KEY")
    if given is not None:
        return _key(given.strip().encode(), "KLYNGE_PSEUDONYM_KEY")
    named = os.environ.get("KLYNGE_PSEUDONYM_KEY_FILE")
    path = Path(named) if named else home.root / "pseudonym.key"
    if not named and not path.exists():
        _make_key(path)
    return _key(_read_secret(path), str(path))


def _key(secret: bytes, place: str) -> PseudonymKey:
    if len(secret) < _SHORTEST_KEY_BYTES:
        raise InputError(
            f"{place}: a key of {len(secret)} bytes is no secret; "
            f"give it at least {_SHORTEST_KEY_BYTES}, such as `openssl rand -hex 32` writes"
        )
    return PseudonymKey(secret)


def _read_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise InputError(f"{path} can be read by others than its owner: chmod 600 {path}")
        return path.read_bytes().strip()
    except OSError as error:
        raise InputError(
            f"{path}: the pseudonym key cannot be read ({error.strerror}); put it back, or correct "
            "KLYNGE_PSEUDONYM_KEY_FILE"
        ) from error


def _make_key(path: Path) -> None:
    """Write a new key; whoever comes second keeps the first one's."""
    with machine_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        # for the owner only, from the first byte on
        descriptor, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)
        draft = Path(name)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
