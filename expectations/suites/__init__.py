"""The suites of the release gate: the checks of a finished build, by subject."""
