"""Segments on disk and their index."""
