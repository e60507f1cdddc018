"""Publish, read, compare and rebuild releases."""
