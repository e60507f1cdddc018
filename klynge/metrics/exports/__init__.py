"""The declared metrics in the formats of other tools.

These tools cannot refuse a question, so every expression has a guard. The expression gives null if
rows of several bases, an incomplete period or several figures would be added.
"""
