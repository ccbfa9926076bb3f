"""Streams, sources and codecs: frames in motion."""
