"""Each metric is declared once, beside the star; a question about it is compiled to SQL.

This package reads the declarations, compiles a question to SQL, refuses questions that have no
meaningful answer, and writes the declarations in the formats of other tools. The figures themselves
are in the tables of a release.
"""
