"""The declared metrics in the formats of other tools.

Every format has the guards of the metrics: where rows of several bases, an incomplete period or
several figures would be added, the expression gives null, because these tools cannot refuse.
"""
