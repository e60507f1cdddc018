"""Builds: raw tables, compiled models, content hashes, and the history of checks."""
