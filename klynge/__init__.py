"""The core of Klyngedata: plain Python that uses neither dbt, Dagster nor Great Expectations."""

from klynge.errors import InputError
from klynge.releases.reading import open_release

__all__ = ["InputError", "open_release"]
