"""The start of a build and what it is made of: raw tables, compiled models, content hashes."""
