"""Pseudonyms: what stands in place of a personal identifier once a file is through the door.

A pseudonym is a keyed MAC, so that only who holds the key can tell whose it is; the same identifier
gives the same pseudonym in every dataset. The key stays out of git, logs and the warehouse.
"""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from klynge.errors import InputError
from klynge.home import UNFINISHED, Home, machine_errors

_BLOCK_BYTES = 64  # of SHA-256
_SHORTEST_KEY_BYTES = 16
#: Written differently by different people, and still the same identifier.
_PUNCTUATION = " .-/_"
_SMALL = "abcdefghijklmnopqrstuvwxyzæøåäöü"
#: Eight digits times these, added up, make a multiple of 11.
_CVR_WEIGHTS = (2, 7, 6, 5, 4, 3, 2, 1)
_WEIGHTED = " + ".join(f"cvr // {10 ** (7 - i)} % 10 * {w}" for i, w in enumerate(_CVR_WEIGHTS))
_PSEUDONYMS = f"""
    with normalised as (
        select
            if(
                message like 'DK:%',
                message,
                concat(
                    split_part(message, ':', 1),
                    ':',
                    translate(
                        message[strpos(message, ':') + 1:],
                        '{_SMALL}{_PUNCTUATION}', '{_SMALL.upper()}'
                    )
                )
            ) as text,
            if(message like 'DK:%', try_cast(message[4:] as bigint), null) as cvr
        from coded
    )
    select
        'p_' || left(sha256($outer_pad || unhex(sha256($inner_pad || encode(text)))), 32)
            as pseudonym,
        coalesce(({_WEIGHTED}) % 11 > 0, false) as odd_cvr
    from normalised
"""


@dataclass(frozen=True)
class PseudonymKey:
    """The secret of the pseudonyms; never shown."""

    secret: bytes = field(repr=False)

    def pseudonym(self, kind: str, identifier: str) -> str:
        """The pseudonym of one identifier; ``kind`` is its country, or what it identifies."""
        if kind != "DK":
            identifier = identifier.translate(_NORMALISED)
        mac = hmac.new(self.secret, f"{kind}:{identifier}".encode(), hashlib.sha256)
        return f"p_{mac.hexdigest()[:32]}"

    @property
    def sql_parameters(self) -> dict[str, bytes]:
        """The two pads of an HMAC; parameters of SQL, since its text can end up in messages."""
        secret = self.secret
        if len(secret) > _BLOCK_BYTES:
            secret = hashlib.sha256(secret).digest()
        padded = secret.ljust(_BLOCK_BYTES, b"\0")
        return {
            "inner_pad": bytes(b ^ 0x36 for b in padded),
            "outer_pad": bytes(b ^ 0x5C for b in padded),
        }


#: For the sample, whose persons are invented: the same pseudonyms everywhere, and no secret.
SAMPLE_KEY = PseudonymKey(b"klyngedata sample, protects nobody")

@dataclass(frozen=True)
class Coded:
    """Pseudonyms of many identifiers, by code."""

    #: for each identifier its place in the other two
    codes: pa.Array
    pseudonyms: pa.ChunkedArray
    #: whether a Danish identifier fails the check digit of CVR numbers
    odd_cvr: pa.ChunkedArray


_NORMALISED = str.maketrans(_SMALL, _SMALL.upper(), _PUNCTUATION)


def pseudonyms(key: PseudonymKey, kinds: pa.ChunkedArray, identifiers: pa.ChunkedArray) -> Coded:
    """:meth:`PseudonymKey.pseudonym` of many identifiers, each hashed once however often it stands.

    Null where either text is null. It is HMAC-SHA256 written out in SQL: a hash of the outer pad
    and the hash of the inner pad and the text.
    """
    together = pc.binary_join_element_wise(kinds, identifiers, ":").combine_chunks()
    coded = pc.dictionary_encode(together)
    with duckdb.connect(config={"temp_directory": ""}) as connection:
        connection.register("coded", pa.table({"message": coded.dictionary}))
        made = connection.execute(_PSEUDONYMS, key.sql_parameters).to_arrow_table()
    return Coded(coded.indices, made["pseudonym"], made["odd_cvr"])


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
    draft = path.with_name(f"{UNFINISHED}{path.name}-{os.getpid()}")
    with machine_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
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
