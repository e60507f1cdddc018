"""From the raw zone to an immutable release, and back to its readers."""
