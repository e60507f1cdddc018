"""Traces for auditors: find a figure, show the steps to its source rows, and their files."""
