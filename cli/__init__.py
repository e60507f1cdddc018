"""The ``klynge`` command; the one package that may import all others."""
