"""Fragmented MP4: boxes, fragments, export."""
