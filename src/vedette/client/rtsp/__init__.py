"""RTSP towards cameras: the conversation, the tracks it brings, and the source they make."""
