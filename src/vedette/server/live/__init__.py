"""Live viewing: one packetisation of a stream, shared by all its viewers."""
