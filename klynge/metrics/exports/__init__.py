"""The declared metrics in the formats of other tools.

These tools cannot refuse a question, so every expression has a guard. The guard makes the value
null if the expression would add several bases, several figures, or an incomplete period to other
periods.
"""
