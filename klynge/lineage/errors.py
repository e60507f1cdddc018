"""The error of this package: a question that the release at hand cannot answer."""


class LineageError(ValueError):
    """An unknown model, column, key or row; the message lists the names or keys that exist."""
