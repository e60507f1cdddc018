"""Pass 5: figures replayed from their supporting rows alone, and rows whose absence decides."""
