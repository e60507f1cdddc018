"""The printed documents: transcription, Danish numbers, claims and verification."""
