"""What a call would give: a file of applications, scored and shared out by a release's own models.

Nothing is published and nothing is kept; rules, pots, minimums and weights may be changed.
"""
