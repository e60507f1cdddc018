"""What-if: score a file of applications and share out a call's pots with a release's models.

Rules, pots, minimums and weights may be changed. Nothing is published or stored.
"""
