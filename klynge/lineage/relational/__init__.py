"""Passes 1 and 2: parse and qualify compiled SQL, and take it apart into relational blocks."""
