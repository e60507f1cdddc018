"""What-if: try a call on a file of applications, with the models of a release.

The models score the applications and share out the call's pots. Rules, pots, minimums and weights
may be changed for the trial. Nothing is published or stored.
"""
