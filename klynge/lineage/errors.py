"""The error that this package raises for a question that the release cannot answer."""


class LineageError(ValueError):
    """An unknown model, column, key or row; the message lists the names or keys that exist."""
