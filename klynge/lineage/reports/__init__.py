"""What auditors see of a trace: which figure is meant, the way to its rows, and where they came from."""
