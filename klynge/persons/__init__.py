"""Find a single person or company in a home, and erase its rows but no other rows."""
