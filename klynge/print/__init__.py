"""The printed documents: transcriptions, Danish numbers, claims, and verification."""
