"""What the web page needs and the standard has no words for: fragments over WebSocket, spans, states."""
