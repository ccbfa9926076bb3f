"""The shared types of the tt namespace, one file a subject."""
