"""Pass 5: replay figures from their supporting rows alone, and find decisions by absence."""
