"""Pseudonyms, with which the door replaces personal identifiers.

A pseudonym is an HMAC-SHA256, so only the holder of the key can find the person. The same
identifier has the same pseudonym in every dataset. The key stays out of git, logs and the
warehouse.
"""

import hmac
import os
import secrets
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import category, normalize

from klynge import checkout
from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors, read_json, write_json_once
from klynge.intake.contracts import read_contracts
from klynge.messages import message

_SHORTEST_KEY_BYTES = 16
#: Characters that are ignored: people write a foreign identifier as "SE 556-12" or "se55612".
_SMALL = "abcdefghijklmnopqrstuvwxyzæøåäöü"
_NORMALISED = str.maketrans(_SMALL, _SMALL.upper(), " .-/_")
#: Invisible marks, blanks and dashes (Unicode categories), which mean nothing in a name.
_WITHOUT_MEANING = {"Cc", "Cf", "Zs", "Zl", "Zp", "Pd"}


@dataclass(frozen=True)
class PseudonymKey:
    """The secret of the pseudonyms; never shown."""

    secret: bytes = field(repr=False)

    def pseudonym(self, kind: str, identifier: str) -> str:
        """Return the pseudonym of an identifier; ``kind`` is its country, or what it identifies."""
        [pseudonym] = self.pseudonyms([f"{kind}:{identifier}"])
        return pseudonym

    def all_pseudonyms(self, kind: str, identifier: str) -> set[str]:
        """Every pseudonym that raw zones can hold for an identifier.

        An identifier can also have a pseudonym of earlier versions, which distinguished the case
        and the marks of foreign letters.
        """
        earlier = f"{kind}:{identifier.translate(_NORMALISED)}"
        mac = hmac.new(self.secret, earlier.encode(), digestmod="sha256")
        return {self.pseudonym(kind, identifier), _as_pseudonym(mac)}

    @property
    def fingerprint(self) -> str:
        """A hash that differs for every key and does not reveal the key."""
        mac = hmac.new(self.secret, b"fingerprint of the pseudonym key", digestmod="sha256")
        return mac.hexdigest()[:16]

    def pseudonyms(self, identifiers: Iterable[str]) -> list[str]:
        """Return the pseudonyms of identifiers that are written ``<kind>:<identifier>``.

        A pseudonym is ``p_`` and the first 32 hexadecimal digits of the MAC. The function must not
        change: raw zones hold pseudonyms, and another function, such as BLAKE2b, would give a
        person a second pseudonym.
        """
        # a copy of one keyed MAC is faster than a new one for each identifier
        keyed = hmac.new(self.secret, digestmod="sha256").copy
        pseudonyms = []
        for identifier in identifiers:
            mac = keyed()
            mac.update(_normalised(identifier).encode())
            pseudonyms.append(_as_pseudonym(mac))
        return pseudonyms


def _as_pseudonym(mac: hmac.HMAC) -> str:
    return f"p_{mac.hexdigest()[:32]}"


def _normalised(identifier: str) -> str:
    kind, _, own = identifier.partition(":")
    # a CVR number has only digits, and most identifiers are CVR numbers
    if kind == "DK":
        return identifier
    if not own.isascii():
        # letters are compared without case, as NFKC and casefold define it; then the letters of
        # _SMALL become capitals, as in pseudonyms of earlier versions
        folded = normalize("NFKC", normalize("NFKC", own).casefold())
        own = "".join(c for c in folded if category(c) not in _WITHOUT_MEANING)
    return f"{kind}:{own.translate(_NORMALISED)}"


#: The key of the sample, whose persons are invented; it is public, and the same everywhere.
SAMPLE_KEY = PseudonymKey(b"klyngedata sample, protects nobody")


def read_key(home: Home) -> PseudonymKey:
    """Read the key from the environment, or else the home's own key, which the first call creates.

    ``KLYNGE_PSEUDONYM_KEY`` holds the key, or ``KLYNGE_PSEUDONYM_KEY_FILE`` names its file. The
    home's own key is in ``$KLYNGE_HOME/pseudonym.key``. A home remembers the fingerprint of the
    first key that it used. Raises :class:`InputError` if the key is too short, if other users can
    read it, if it is not the first key, or if it is lost.
    """
    given = os.environ.get("KLYNGE_PSEUDONYM_KEY")
    if given is not None:
        return _the_homes_own(home, _key(given.strip().encode(), "KLYNGE_PSEUDONYM_KEY"))
    named = os.environ.get("KLYNGE_PSEUDONYM_KEY_FILE")
    path = Path(named) if named else home.root / "pseudonym.key"
    if not named and not path.exists():
        if _fingerprint_file(home).exists() or _has_pseudonyms(home):
            raise InputError(
                message(
                    "{path} is missing, and this home holds pseudonyms that were made with a key: "
                    "put the key back from its backup, or give it with KLYNGE_PSEUDONYM_KEY_FILE "
                    "or KLYNGE_PSEUDONYM_KEY; with a new key, every person and company would "
                    "count twice",
                    path=str(path),
                )
            )
        _make_key(path)
    return _the_homes_own(home, _key(_read_secret(path), str(path)))


def _the_homes_own(home: Home, key: PseudonymKey) -> PseudonymKey:
    """Return the key if the home has always used it; remember the key at its first use."""
    path = _fingerprint_file(home)
    if not path.exists():
        with machine_errors(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_json_once(path, {"fingerprint": key.fingerprint})
    expected = read_json(path)["fingerprint"]
    if expected != key.fingerprint:
        raise InputError(
            message(
                "this is another pseudonym key than the one that this home began with "
                "(fingerprint {found}, expected {expected}): use the first key again; with "
                "another key, every person and company would count twice",
                found=key.fingerprint,
                expected=expected,
            )
        )
    return key


def _fingerprint_file(home: Home) -> Path:
    return home.root / "pseudonym_key.json"


def _has_pseudonyms(home: Home) -> bool:
    """Whether reporters have sent files with identifiers of persons or companies."""
    return any(
        read_json(path)["basis"] == "reported"
        for contract in read_contracts(checkout.CONTRACTS).values()
        if any(column.personal for column in contract.columns)
        for path in (home.raw / contract.dataset).glob("*/load.json")
    )


def _key(secret: bytes, place: str) -> PseudonymKey:
    if len(secret) < _SHORTEST_KEY_BYTES:
        raise InputError(
            message(
                "{place}: a key of {bytes} bytes is not long enough; give at least {shortest} "
                "bytes, for example the output of `openssl rand -hex 32`",
                place=place,
                bytes=len(secret),
                shortest=_SHORTEST_KEY_BYTES,
            )
        )
    return PseudonymKey(secret)


def _read_secret(path: Path) -> bytes:
    try:
        if path.stat().st_mode & 0o077:
            raise InputError(
                message("{path} can be read by other users: run chmod 600 {path}", path=str(path))
            )
        return path.read_bytes().strip()
    except OSError as error:
        raise InputError(
            message(
                "{path}: the pseudonym key cannot be read ({error}); put it back, or correct "
                "KLYNGE_PSEUDONYM_KEY_FILE",
                path=str(path),
                error=error.strerror,
            )
        ) from error


def _make_key(path: Path) -> None:
    """Write a new key; if two processes do this at once, both use the key of the first."""
    with machine_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        # only the owner may read the file, from the first byte on
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
