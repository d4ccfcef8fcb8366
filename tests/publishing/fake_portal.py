"""A udata portal on the loopback address, that keeps what it is given and fails when it is told to.

A fault is named and waits for a request whose method and path it fits; it happens once:

- ``429``, ``503``, ``500``…: that status, and nothing done (``429:7`` asks to wait 7 seconds);
- ``slow``: no answer until the client has gone; nothing done;
- ``cut``: the line is cut before anything is done;
- ``lost``: it is done, and the line is cut before the answer;
- ``half``: half of the file is kept, and the answer is a success;
- ``gone``: half of the file is kept, and the line is cut;
- ``html``: a success that is no JSON;
- ``leads``: a redirection to another machine.
"""

from __future__ import annotations

import email
import hashlib
import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, urlsplit

TOKEN = "s3cret-key-of-the-portal"


class Portal:
    """Hold the state of the portal."""

    def __init__(self):
        self.datasets, self.faults, self.asked = {}, [], []
        self.numbers, self.lock = count(1), threading.Lock()
        self.lists_empty, self.released = True, threading.Event()
        self.checksum = "sha1"

    def fail(self, fault, method, path=""):
        """Make the next request that fits fail."""
        self.faults.append((fault, method, re.compile(path)))

    def fault_of(self, method, path):
        """Take the fault that waits for a request; it happens once."""
        for each in self.faults:
            if each[1] == method and each[2].search(path):
                self.faults.remove(each)
                return each[0]
        return ""

    def sent(self, *methods):
        """List the requests that write."""
        chosen = methods or ("POST", "PUT", "DELETE")
        return [(method, path) for method, path, _ in self.asked if method in chosen]

    def resource(self, name, content):
        """Make a resource of a file."""
        digest = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}[self.checksum]
        checksum = {"type": self.checksum, "value": digest(content).hexdigest()}
        return {
            "title": name,
            "type": "main",
            "extras": {},
            "filesize": len(content),
            "checksum": checksum,
            "content": content,
        }


class Handler(BaseHTTPRequestHandler):
    """Answer as udata does, for what the workbench asks."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, format, *args):
        """Say nothing."""

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_PUT(self):
        self.answer("PUT")

    def do_DELETE(self):
        self.answer("DELETE")

    def answer(self, method):
        portal, url = self.server.portal, urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        with portal.lock:
            portal.asked.append((method, url.path, dict(self.headers)))
            fault = portal.fault_of(method, url.path)
        if fault == "slow":
            portal.released.wait(20)
            return self.cut()
        if fault == "cut":
            return self.cut()
        if fault == "html":
            return self.write(200, b"<html>maintenance</html>", "text/html")
        if fault == "leads":
            return self.write(302, b"", Location="http://elsewhere.invalid/")
        if fault[:3].isdigit():
            more = {"Retry-After": fault[4:]} if ":" in fault else {}
            return self.write(int(fault[:3]), json.dumps({"message": "no"}).encode(), **more)
        if self.headers.get("X-API-KEY") != TOKEN:
            said = f"Invalid API Key {self.headers.get('X-API-KEY')}"
            return self.write(401, json.dumps({"message": said}).encode())
        with portal.lock:
            status, content = self.done(method, url, body, fault)
        if fault in ("lost", "gone"):
            return self.cut()
        self.write(status, json.dumps(content).encode() if content is not None else b"")

    def cut(self):
        self.close_connection = True
        self.connection.close()

    def write(self, status, content, kind="application/json", **headers):
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": len(content),
            **headers,
        }.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(content)

    def done(self, method, url, body, fault):
        portal, path = self.server.portal, url.path.removeprefix("/api/1")
        if path == "/me/":
            return 200, {"id": "user-1"}
        if path == "/datasets/" and method == "GET":
            query = {key: values[0] for key, values in parse_qs(url.query).items()}
            size, page = int(query["page_size"]), int(query["page"])
            held = [
                told(each)
                for each in portal.datasets.values()
                if each["resources"] or portal.lists_empty
            ]
            more = len(held) > page * size
            held = held[(page - 1) * size : page * size]
            return 200, {"data": held, "next_page": "yes" if more else None}
        if path == "/datasets/" and method == "POST":
            dataset = f"data-{next(portal.numbers)}"
            page = f"http://127.0.0.1/datasets/{dataset}/"
            made = {**json.loads(body), "id": dataset, "page": page, "resources": []}
            portal.datasets[dataset] = made
            return 201, told(made)
        found = re.fullmatch(
            r"/datasets/([^/]+)/(?:(upload)/|resources/([^/]+)/(?:(upload)/)?)?", path
        )
        if not found or found[1] not in portal.datasets:
            return 404, {"message": "not found"}
        dataset = portal.datasets[found[1]]
        if found[2] or found[4]:
            name, content = file_of(self.headers["Content-Type"], body)
            if fault in ("half", "gone"):
                content = content[: len(content) // 2]
            made = portal.resource(name, content)
            if found[3]:
                resource = next(each for each in dataset["resources"] if each["id"] == found[3])
                kept = {key: resource[key] for key in ("title", "type", "extras")}
                resource.update({**made, **kept})
            else:
                resource = {**made, "id": f"resource-{next(portal.numbers)}"}
                dataset["resources"].insert(0, resource)
            return 201, told(resource)
        if found[3]:
            resource = next(each for each in dataset["resources"] if each["id"] == found[3])
            if method == "DELETE":
                dataset["resources"].remove(resource)
                return 204, None
            resource.update(json.loads(body))
            return 200, told(resource)
        if method == "PUT":
            dataset.update(json.loads(body))
        return 200, told(dataset)


def told(value):
    """Return what the portal says: all but the bytes."""
    if isinstance(value, dict):
        return {key: told(item) for key, item in value.items() if key != "content"}
    return [told(each) for each in value] if isinstance(value, list) else value


def file_of(kind, body):
    """Read the file of a form."""
    message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    part = message.get_payload()[0]
    return part.get_filename(), part.get_payload(decode=True)


@contextmanager
def running():
    """Run a portal; give its address and its state."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.portal = Portal()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.portal
    finally:
        server.portal.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
