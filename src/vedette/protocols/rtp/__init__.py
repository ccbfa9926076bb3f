"""RTP and RTCP: packets, senders, receivers."""
