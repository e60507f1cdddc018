"""Lay a secretariat's reference data over the shipped seeds: propose, check, accept, refuse.

The files in ``reference/`` of a home are a proposal. They are checked as a whole, together with the
shipped seeds. If they pass, they become a new version in the ledger, and every reader sees their
rows. If they fail, all of them are refused, and the version that was accepted last stays in use.
"""
