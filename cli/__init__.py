"""The ``klynge`` command; only this package may import all other packages."""
