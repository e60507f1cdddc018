"""Passes 3 and 4: predicate pushdown to the source tables, and row lineage."""
