/* What the four benchmark programs share: the clock, loopback sockets and the client's half of an RTSP exchange. */
#ifndef BENCH_RTSP_COMMON_H
#define BENCH_RTSP_COMMON_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

#define URL_BYTES 300
#define SESSION_BYTES 128
#define REPLY_BYTES 65536

/* Marks the SEI that carries the send time: 16 bytes in place of its UUID, then 16 hexadecimal digits. */
#define STAMP_MARK "VEDETTEBENCHSTMP"
#define STAMP_MARK_BYTES 16
#define STAMP_DIGITS 16

uint64_t now_ns(void);
double now_s(void);

/* 127.0.0.1:port; port 0 lets the kernel choose. */
struct sockaddr_in loopback_address(int port);

/* A non-blocking listening TCP socket on 127.0.0.1; ends the program when the port is taken. */
int listen_on_loopback(int port);

/* A blocking TCP connection to the host and port of an rtsp:// URL, or -1. Only 127.0.0.0/8 is let through. */
int connect_to_url(const char *url);

void set_nonblocking(int fd);
void set_no_delay(int fd);

/* Sends one request and reads exactly one reply with its body, leaving any media behind it in the socket.
 * `reply` (REPLY_BYTES long) ends with a NUL. Returns the status code, or -1 when the connection failed. */
int rtsp_exchange(int fd, const char *request, char *reply);

/* The text behind the first "Name:" in a message, blanks skipped, or NULL. `name` includes the colon. */
const char *header_value(const char *message, const char *name);

/* Copies the session id of a reply, without its parameters; leaves `session` alone when there is none. */
void copy_session(const char *reply, char session[SESSION_BYTES]);

#endif
