"""Everything that knows Dagster and dbt: the nightly job and what it is made of."""
