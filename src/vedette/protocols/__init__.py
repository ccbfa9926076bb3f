"""Protocol cores that do no I/O."""
