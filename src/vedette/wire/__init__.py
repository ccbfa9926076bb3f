"""Typed messages to and from XML."""
