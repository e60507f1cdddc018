"""Klyngedata's plain-Python core; no framework is known in here."""

from klynge.releases.reading import open_release

__all__ = ["open_release"]
