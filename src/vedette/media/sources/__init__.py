"""Things that produce access units."""
