"""Measures that are declared once, beside the marts, and compiled to SQL on a release.

What belongs here: reading the declarations, compiling a question to SQL, refusing what has no
meaning, and writing the declarations in the formats of other tools. What does not: the figures
themselves, which are tables of the release.
"""
