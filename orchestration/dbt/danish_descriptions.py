"""The Danish texts of the descriptions of models and columns.

A description is written in English in the yml of its model. It consists of parts: each docs block
that it names is a part. The text before, between or after docs blocks is also a part.
``klynge/locale/da/LC_MESSAGES/descriptions.po`` has the Danish text of each part that a public
model uses. So a docs block is translated once, however many columns name it. ``make messages``
adds new parts to the catalogue, and ``tests/warehouse/test_danish_descriptions.py`` fails while a
part has no Danish text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from klynge.messages import read_catalogue

Node = Mapping[str, Any]

#: The catalogue with the Danish texts, within the package ``klynge``.
CATALOGUE = "locale/da/LC_MESSAGES/descriptions.po"


def read_danish_descriptions() -> dict[str, str]:
    """Map each English part of a description to its Danish text."""
    return {english: forms[0] for english, forms in read_catalogue(CATALOGUE).items()}


def describe_in_danish(described: Node, manifest: Node, danish: Mapping[str, str]) -> str | None:
    """Return the Danish description of a model or column; None if a part has no Danish text.

    ``danish`` comes from :func:`read_danish_descriptions`.
    """
    parts = split_description(described, manifest)
    texts = [danish[part] for part in parts if part in danish]
    return " ".join(texts) if texts and len(texts) == len(parts) else None


def split_description(described: Node, manifest: Node) -> list[str]:
    """Split the description of a model or column in dbt's manifest into its parts, in order."""
    blocks = {_one_line(manifest["docs"][name]["block_contents"]) for name in _blocks(described)}
    text = _one_line(described["description"])
    if not blocks:
        return [text] if text else []
    # a block may begin with the words of a shorter block
    longest_first = sorted(blocks, key=len, reverse=True)
    parts = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return [part.strip() for part in parts if part.strip()]


def public_parts(manifest: Node) -> list[str]:
    """List the parts of the descriptions of all public models and their columns, each once."""
    models = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["access"] == "public"
    ]
    described = [one for model in models for one in (model, *model["columns"].values())]
    parts = [part for one in described for part in split_description(one, manifest)]
    return list(dict.fromkeys(parts))


def extract_parts(file: IO[bytes], *_: Any, **__: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """Yield the parts of all public descriptions; an extraction method of Babel.

    ``file`` is dbt's manifest.
    """
    for part in public_parts(json.load(file)):
        yield 0, "gettext", part, []


def _blocks(described: Node) -> list[str]:
    """Return the ids of the docs blocks that a description names."""
    return described.get("doc_blocks") or []


def _one_line(text: str) -> str:
    return " ".join(text.split())
