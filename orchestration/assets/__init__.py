"""The assets in the order of the data: inputs, raw tables, dbt models, column lineage, release."""
