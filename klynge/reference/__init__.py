"""The reference data: the shipped seeds, and the rows that a home lays over these seeds."""
