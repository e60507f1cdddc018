"""What is printed: documents transcribed cell by cell, Danish numbers, claims, verification."""
