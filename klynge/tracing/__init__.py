"""What auditors see of a trace: the figure that is meant, the way to its rows, their origin."""
