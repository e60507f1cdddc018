"""The calibrated sample: invented submissions from which the printed tables come out."""

from sample.files import sample_files, sample_version

__all__ = ["sample_files", "sample_version"]
