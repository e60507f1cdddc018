"""The state of the warehouse: what is read of it, and the sentences in which it is told."""
