"""Benchmarks: this program against the least that C would need for the same work, in the same run."""
