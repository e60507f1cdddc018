"""Klyngedata's plain-Python core, which uses no framework."""

from klynge.releases.reading import open_release

__all__ = ["open_release"]
