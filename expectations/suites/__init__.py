"""What must be true of a finished build, one module for each subject."""
