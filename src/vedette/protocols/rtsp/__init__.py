"""RTSP 1.0: messages, parser, sessions, tunnel."""
