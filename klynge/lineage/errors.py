"""The error that this package raises if the release cannot answer a question."""


class LineageError(ValueError):
    """An unknown model, column, key or row. The message lists the names or keys that exist."""
