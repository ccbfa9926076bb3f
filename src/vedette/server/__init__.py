"""Sockets, assembly, web page."""
