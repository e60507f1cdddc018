"""Everything that knows dbt's Python: parsing, building and documenting the project in process."""
