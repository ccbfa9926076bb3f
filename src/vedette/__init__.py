"""Vedette: a network video system on the international standards for video surveillance."""

__version__ = "0.1.0"
