"""Frames in motion."""
