"""Pass 3 and 4: predicates pushed down to the source tables, and the lineage of rows."""
