"""Reading one file into text, by its format: CSV, XLSX or Parquet."""
