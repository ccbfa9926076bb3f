"""The base suite: discovery, device management and logging in."""
