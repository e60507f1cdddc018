"""What-if: score a file of applications and share out a call's pots by a release's own models.

Rules, pots, minimums and weights may be changed. Nothing is published or stored.
"""
