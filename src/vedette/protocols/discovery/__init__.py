"""WS-Discovery."""
