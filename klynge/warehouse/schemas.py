"""The schemas of the database that readers use, and which tables no figure depends on."""

#: Schemas whose tables readers use, and whose content is hashed.
CORE, MARTS = "core", ("evaluation", "scores", "allocation", "audit")
#: Schemas of the steps in between, which no reader needs.
STEPS = ("staging", "intermediate", "audit_steps")
#: Tables that no figure depends on: the history of checking, which differs from run to run on equal
#: inputs, and the lineage of columns, which tells of the models as this program reads them.
HISTORY = {"fct_loads", "mart_loads", "mart_quality_results", "mart_column_lineage"}
