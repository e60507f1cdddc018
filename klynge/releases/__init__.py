"""Releases: publishing, reading, comparing and rebuilding them."""
