"""What both sides agree on: operations, messages, faults, topics."""
