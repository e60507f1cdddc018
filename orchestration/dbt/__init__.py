"""All code that calls dbt in this process: to parse, build and document the project."""
