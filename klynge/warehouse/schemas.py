"""The schemas of the database, and the tables of history."""

#: Schemas with published tables, whose content is hashed.
CORE, MARTS = "core", ("evaluation", "scores", "allocation", "audit")
#: Schemas of intermediate steps.
STEPS = ("staging", "intermediate", "audit_steps")
#: Tables that no figure depends on, and that have no content hash. The history of loads and checks
#: differs between runs on equal inputs, and column lineage depends on the program.
HISTORY = {"fct_loads", "mart_loads", "mart_quality_results", "mart_column_lineage"}
