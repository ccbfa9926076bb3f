"""The machine: its state and how it answers."""
