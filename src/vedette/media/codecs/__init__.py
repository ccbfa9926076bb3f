"""Codecs, one whole codec a file."""
