"""Traces for auditors, which lead from a figure to its source rows and to their files."""
