"""Media profiles: the cameras' streams as the media services describe them."""
