"""An RTSP client over WebSocket, independent of Vedette: plays an address and prints what came, as JSON.

Usage: websocket_rtsp.py WS_URL RTSP_URL USER PASSWORD SECONDS [HEADER: VALUE …] (headers go with PLAY)
"""

import hashlib
import itertools
import json
import re
import sys
import time

from websockets.sync.client import connect

EXTENSION = 0xABAC


def digest(text):
    """MD5 as digest logins want it."""
    return hashlib.md5(text.encode()).hexdigest()


class Client:
    """One conversation; what is no answer is a frame of RTP or RTCP."""

    def __init__(self, socket, user, password):
        self.socket = socket
        self.user, self.password = user, password
        self.buffer = b""
        self.cseq = 0
        self.challenge = None
        self.session = None
        self.frames = []

    def take(self, timeout_s):
        """Read one message of the socket and sort it; the next answer, or None."""
        try:
            data = self.socket.recv(timeout=max(timeout_s, 0.001))
        except TimeoutError:
            return None
        self.buffer += data if isinstance(data, bytes) else data.encode()
        return self.sort()

    def sort(self):
        while self.buffer:
            if self.buffer[:1] == b"$":
                size = 4 + int.from_bytes(self.buffer[2:4], "big")
                if len(self.buffer) < max(4, size):
                    return None
                self.frames.append((time.monotonic(), self.buffer[1], self.buffer[4:size]))
                self.buffer = self.buffer[size:]
                continue
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            head = self.buffer[:end].decode()
            found = re.search(r"(?im)^content-length: *(\d+)", head)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < size:
                return None
            body, self.buffer = self.buffer[end + 4 : size].decode(), self.buffer[size:]
            return head, body
        return None

    def ask(self, method, url, **headers):
        """Send a request and wait for its answer: status, head, body."""
        self.cseq += 1
        lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self.cseq}"]
        if self.session:
            lines.append(f"Session: {self.session}")
        if self.challenge:
            realm, nonce = self.challenge
            secret = digest(f"{self.user}:{realm}:{self.password}")
            answer = digest(f"{secret}:{nonce}:{self.cseq:08x}:c0ffee:auth:{digest(f'{method}:{url}')}")
            lines.append(
                f'Authorization: Digest username="{self.user}", realm="{realm}", nonce="{nonce}",'
                f' uri="{url}", algorithm=MD5, qop=auth,'
                f' nc={self.cseq:08x}, cnonce="c0ffee", response="{answer}"'
            )
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.socket.send(("\r\n".join(lines) + "\r\n\r\n").encode())
        limit_s = time.monotonic() + 8
        while time.monotonic() < limit_s:
            answer = self.sort() or self.take(limit_s - time.monotonic())
            if answer is not None:
                break
        else:
            raise SystemExit(f"no answer to {method}")
        head, body = answer
        status = int(head.split()[1])
        if status == 401 and self.challenge is None:
            offered = [line for line in head.splitlines() if "algorithm=MD5" in line]
            realm, nonce = (re.search(f'{key}="([^"]*)"', offered[0])[1] for key in ("realm", "nonce"))
            self.challenge = realm, nonce
            return self.ask(method, url, **headers)
        found = re.search(r"(?im)^session: *([^;\r\n]+)", head)
        self.session = found[1] if found else self.session
        return status, head, body


def summary(frames, began_s):
    """Counts over the video track's packets."""
    packets = [(at_s, data) for at_s, channel, data in frames if channel == 0]
    numbers = [int.from_bytes(data[2:4], "big") for _, data in packets]
    lost = sum((after - before - 1) & 0xFFFF for before, after in itertools.pairwise(numbers))
    times, stamps = [], []
    early = []  # the UTC of what came within the first second
    for at_s, data in packets:
        times.append(int.from_bytes(data[4:8], "big"))
        if data[0] & 0x10 and int.from_bytes(data[12:14], "big") == EXTENSION:
            stamps.append(int.from_bytes(data[16:24], "big") / 2**32)
            if at_s - began_s < 1:
                early.append(stamps[-1])
    first = packets[0][1] if packets else b"\0" * 64
    at = 12 + (4 + 4 * int.from_bytes(first[14:16], "big") if first[0] & 0x10 else 0)
    return {
        "packets": len(packets),
        "units": len(set(times)),
        "lost": lost,
        "stamped": len(stamps),
        "first_is_key": first[at] & 31 in (5, 7, 24) or (first[at] & 31 == 28 and first[at + 1] & 31 == 5),
        "first_second_s": max(early) - min(early) if early else 0.0,
    }


def main(ws_url, url, user, password, seconds, *headers):
    """Describe, set up all tracks, play for some seconds."""
    with connect(ws_url, subprotocols=["rtsp.onvif.org"], max_size=None) as socket:
        client = Client(socket, user, password)
        require = {"Require": "onvif-replay"} if "/replay/" in url else {}
        status, head, body = client.ask("DESCRIBE", url, Accept="application/sdp", **require)
        if status != 200:
            raise SystemExit(f"DESCRIBE was answered with {status}")
        base = re.search(r"(?im)^content-base: *(\S+)", head)[1].rstrip("/")
        for number, control in enumerate(re.findall(r"(?m)^a=control:(\S+)", body.split("m=", 1)[1])):
            target = control if "://" in control else f"{base}/{control}"
            transport = f"RTP/AVP/TCP;unicast;interleaved={2 * number}-{2 * number + 1}"
            client.ask("SETUP", target, Transport=transport)
        wanted = dict(line.split(": ", 1) for line in headers)
        began_s = time.monotonic()
        status, _, _ = client.ask("PLAY", base, **wanted)
        until_s = time.monotonic() + float(seconds)
        while time.monotonic() < until_s:
            client.take(until_s - time.monotonic())
        result = {"play": status, "subprotocol": socket.subprotocol, **summary(client.frames, began_s)}
        client.ask("TEARDOWN", base)
        return result


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
