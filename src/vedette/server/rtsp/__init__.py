"""RTSP on sockets: connections, what a URL leads to, how its packets leave."""
