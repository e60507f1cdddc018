"""The parts of a build: raw tables, compiled models, content hashes, and check history."""
