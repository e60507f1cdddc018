"""The suites of the release gate: what must hold in a finished build, by subject."""
