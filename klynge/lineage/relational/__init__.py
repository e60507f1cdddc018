"""Passes 1 and 2: parse and qualify compiled SQL, and turn it into relational blocks."""
