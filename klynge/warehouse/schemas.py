"""The names of the database's schemas and of its history tables."""

#: Schemas whose tables are published. The content of these tables is hashed.
CORE, MARTS = "core", ("evaluation", "scores", "allocation", "audit", "bi")
#: The mart schema whose tables form a star for BI tools.
STAR = "bi"
#: Schemas of intermediate steps.
STEPS = ("staging", "intermediate", "audit_steps")
#: Tables without a content hash. No figure depends on these tables. The history of loads and checks
#: differs between two runs on equal inputs, and column lineage also depends on the program's code.
HISTORY = {
    "fct_loads",
    "mart_loads",
    "mart_load_objections",
    "mart_quality_results",
    "mart_column_lineage",
}
#: Marts that count the rows of all other marts. Each of their rows depends on every row of another
#: mart, so these marts are neither traced nor compared between releases.
OVERVIEWS = {"mart_coverage"}
