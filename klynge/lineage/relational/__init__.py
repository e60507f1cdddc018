"""Pass 1 and 2: compiled SQL parsed, qualified and taken apart into relational blocks."""
