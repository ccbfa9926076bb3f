"""Talks to other devices."""
