"""A web server of this machine that misbehaves on purpose."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Behaviour = Callable[["Handler"], None]


@dataclass
class Question:
    """Hold what was asked."""

    path: str
    headers: Mapping[str, str]


class Handler(BaseHTTPRequestHandler):
    """Do what the server was told to do for a path."""

    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(
            Question(self.path, {name.lower(): text for name, text in self.headers.items()})
        )
        turns = self.server.turns.get(self.path.partition("?")[0]) or self.server.turns.get("*")
        if not turns:
            give(b"nothing here", status=404)(self)
            return
        turn = turns.pop(0) if len(turns) > 1 else turns[0]
        try:
            turn(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_CONNECT(self) -> None:
        """Be a proxy: carry bytes to a port of this machine and back, unread."""
        self.server.asked.append(
            Question(self.path, {name.lower(): text for name, text in self.headers.items()})
        )
        port = int(self.path.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as far:
            self.send_response(200)
            self.end_headers()
            back = Thread(target=carry, args=(far, self.connection), daemon=True)
            back.start()
            carry(self.connection, far)
            back.join()
        self.close_connection = True

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send a status and headers."""
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def carry(source: socket.socket, to: socket.socket) -> None:
    """Carry bytes from one line to another until one of them ends."""
    with suppress(OSError):
        while some := source.recv(1 << 16):
            to.sendall(some)
        to.shutdown(socket.SHUT_WR)


@dataclass
class Server(ThreadingHTTPServer):
    """Answer from `turns`: for a path, one behaviour a question, the last one again and again."""

    turns: dict[str, list[Behaviour]] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.daemon_threads = True
        self.block_on_close = False
        Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __hash__(self) -> int:
        return id(self)

    def on(self, path: str, *turns: Behaviour) -> str:
        """Say what a path does, and return its URL."""
        self.turns[path] = list(turns)
        return self.url(path)

    def url(self, path: str) -> str:
        """Return the URL of a path."""
        return f"http://127.0.0.1:{self.server_port}{path}"


@contextmanager
def serving() -> Iterator[Server]:
    """Give a server for the time of a test."""
    made = Server()
    yield made
    made.shutdown()
    made.server_close()


def give(body: bytes, *, status: int = 200, **headers: str) -> Behaviour:
    """Give a body; header names have their hyphens as underscores."""

    def turn(handler: Handler) -> None:
        told = {"Content-Length": str(len(body))} | named(headers)
        handler.head(status, told)
        handler.wfile.write(body)

    return turn


def named(headers: Mapping[str, str]) -> dict[str, str]:
    """Write the names of headers."""
    return {name.replace("_", "-"): text for name, text in headers.items()}


def current(body: bytes, **headers: str) -> Behaviour:
    """Give a body, or 304 when the ETag or the date is the one known."""

    def turn(handler: Handler) -> None:
        told = named(headers)
        asked = handler.headers
        same = ("ETag" in told and asked.get("If-None-Match") == told["ETag"]) or (
            "ETag" not in told
            and "Last-Modified" in told
            and asked.get("If-Modified-Since") == told["Last-Modified"]
        )
        if same:
            handler.head(304, told)
        else:
            give(body, **headers)(handler)

    return turn


def ranged(body: bytes, **headers: str) -> Behaviour:
    """Give the part of a body that is asked for, when the version is still the same."""

    def turn(handler: Handler) -> None:
        told = named(headers)
        wanted = handler.headers.get("Range", "")
        version = told.get("ETag") or told.get("Last-Modified")
        if not wanted or handler.headers.get("If-Range") != version:
            give(body, **headers)(handler)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        rest = body[start:]
        told |= {
            "Content-Length": str(len(rest)),
            "Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}",
        }
        handler.head(206, told)
        handler.wfile.write(rest)

    return turn


def cut(body: bytes, after: int, **headers: str) -> Behaviour:
    """Announce a body whole, and hang up in its middle."""

    def turn(handler: Handler) -> None:
        handler.head(200, {"Content-Length": str(len(body))} | named(headers))
        handler.wfile.write(body[:after])
        handler.close_connection = True

    return turn


def chunked(pieces: list[bytes], *, ended: bool) -> Behaviour:
    """Give a body in chunks, and its last one or not."""

    def turn(handler: Handler) -> None:
        handler.protocol_version = "HTTP/1.1"
        handler.head(200, {"Transfer-Encoding": "chunked", "Connection": "close"})
        for piece in pieces:
            handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        if ended:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return turn


def endless(piece: bytes, **headers: str) -> Behaviour:
    """Give a body without end, nor length."""

    def turn(handler: Handler) -> None:
        handler.head(200, named(headers))
        while True:
            handler.wfile.write(piece)

    return turn


def drip(body: bytes, pause: float, **headers: str) -> Behaviour:
    """Give a body byte after byte: never silent, never done."""

    def turn(handler: Handler) -> None:
        handler.head(200, named(headers))
        for byte in body:
            handler.wfile.write(bytes([byte]))
            time.sleep(pause)

    return turn


def slow_head(pause: float) -> Behaviour:
    """Send headers letter by letter."""

    def turn(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\nX: ")
        while True:
            handler.wfile.write(b"a")
            time.sleep(pause)

    return turn


def silent(seconds: float) -> Behaviour:
    """Say nothing for a while, then hang up."""

    def turn(handler: Handler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return turn


def redirect(to: str, status: int = 302) -> Behaviour:
    """Send elsewhere."""
    return give(b"", status=status, Location=to)


def raw(answer: bytes) -> Behaviour:
    """Write an answer as it is, which need not be HTTP."""

    def turn(handler: Handler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    return turn
