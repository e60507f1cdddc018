"""Metrics: each is declared once, beside the star, and compiled to SQL on a release.

This package reads the declarations, compiles a question to SQL, refuses questions without meaning,
and writes the declarations in the formats of other tools. The figures themselves are not here: they
are tables of the release.
"""
