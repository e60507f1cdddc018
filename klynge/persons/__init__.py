"""Find a single person or company in a home, and erase it without the other rows."""
