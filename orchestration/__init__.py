"""All code that uses Dagster and dbt: the nightly job, its assets and its checks."""
