"""Lay a secretariat's reference data over the shipped seeds.

The files in ``reference/`` of a home are a proposal. The proposal is checked as a whole, together
with the shipped seeds. If the files pass, they become a new version in the ledger, and every reader
sees their rows. If one file fails, all files are refused, and the version that was accepted last
stays in use.
"""
