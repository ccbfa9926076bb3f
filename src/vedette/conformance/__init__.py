"""The tester: finds out what any device offers, and what it does right and wrong."""
