"""Single persons and companies in a home: where they occur, and their erasure alone."""
