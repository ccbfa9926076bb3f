"""Conversions, clocks, tokens, limits and the families of errors."""
