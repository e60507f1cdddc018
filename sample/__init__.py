"""The calibrated sample: invented submissions that give exactly the printed tables."""

from sample.files import sample_version, write_sample_files

__all__ = ["sample_version", "write_sample_files"]
