"""A runtime that speaks plain sockets, and not always well: what its event names under "rough" is done to the Runtime API.

ROUGH_INIT=restore-error: asks for restore/next, and reports that the restore failed.
DIRECT: host:port of the platform itself, for what is said to both and compared.
"""
import base64
import json
import os
import re
import signal
import socket
import sys

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
BASE = "/2018-06-01/runtime/"


class Connection:
    def __init__(self, api=API, patience_s=10):
        host, port = api.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), patience_s)
        self.unread = b""

    def send(self, data):
        self.socket.sendall(data)

    def line(self):
        while b"\n" not in self.unread:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the connection ended in a head")
            self.unread += more
        line, self.unread = self.unread.split(b"\n", 1)
        return line.rstrip(b"\r")

    def answer(self):
        """(status, headers, body) of one answer with a length."""
        status, headers = int(self.line().split()[1]), {}
        while line := self.line():
            name, value = line.decode().split(":", 1)
            headers[name.lower()] = value.strip()
        length = int(headers.get("content-length", 0))
        while len(self.unread) < length:
            self.unread += self.socket.recv(1 << 20)
        body, self.unread = self.unread[:length], self.unread[length:]
        return status, headers, body

    def to_end(self):
        """Everything up to the end, and how that came."""
        said, end = self.unread, "closed"
        try:
            while more := self.socket.recv(65536):
                said += more
        except ConnectionResetError:
            end = "reset"
        except TimeoutError:
            end = "open"
        return said, end


def head(method, path, *fields):
    return "\r\n".join([f"{method} {BASE}{path} HTTP/1.1", f"Host: {API}", *fields, "", ""]).encode()


def post(connection, path, body, *fields):
    connection.send(head("POST", path, f"Content-Length: {len(body)}", *fields) + body)
    return connection.answer()


# --- what an event can ask for: each gets the connection and the path to answer at, and may return the answer ---------------------

def die_in_the_upload(connection, here):
    connection.send(head("POST", here + "response", "Content-Length: 1000000") + b"{\"half\": \"" + b"h" * 50000)
    os.kill(os.getpid(), signal.SIGKILL)


def too_much(connection, here):
    """More than an answer may have, and then what is right: the platform has reported the size itself."""
    status, _, body = post(connection, here + "response", b"[" + b"1," * 3500000 + b"1]")
    print("too much:", status, body.decode().strip(), flush=True)
    print("then:", post(Connection(), here + "error", b"{}")[0], flush=True)


def twice(connection, here):
    print("once:", post(connection, here + "response", b"\"once\"")[0], flush=True)
    status, _, body = post(connection, here + "response", b"\"twice\"")
    print("twice:", status, body.decode().strip(), flush=True)


def no_text(connection, here):
    post(connection, here + "response", bytes(range(256)) * 4)


def broken_stream(connection, here):
    error = json.dumps({"errorType": "Halfway", "errorMessage": "asked to break", "stackTrace": ["at half"]}).encode()
    connection.send(head("POST", here + "response", "Transfer-Encoding: chunked", "Lambda-Runtime-Function-Response-Mode: streaming",
                         "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body"))
    connection.send(b"6\r\nhalf a\r\n")
    connection.send(b"0\r\nLambda-Runtime-Function-Error-Type: Function.Halfway\r\nLambda-Runtime-Function-Error-Body: "
                    + base64.b64encode(error) + b"\r\n\r\n")
    connection.answer()


MALFORMED = [
    b"hello?\r\n\r\n",
    b"GET\r\n\r\n",
    b"GET /2018-06-01/runtime/invocation/next HTTP/9.9\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200)),
    b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: five\r\n\r\nhello",
    b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
    b"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nless",
    b"GET /2018-06-01/runtime/none HTTP/1.1\r\nno colon\r\n\r\n",
    b"\0nightjar\0\r\n\r\n",
    b"\r\n" * 3000,
]
VOLATILE = re.compile(rb"(?im)^date: .*$")


def malformed(connection, here):
    """Says what is no request to the platform and to where the runtime was sent: the answers must be the same."""
    different = []
    for i, text in enumerate(MALFORMED):
        seen = []
        for api in (os.environ["DIRECT"], API):
            c = Connection(api, patience_s=0.5)
            try:
                c.send(text)
            except OSError:
                pass  # it has closed already
            said, end = c.to_end()
            seen.append((VOLATILE.sub(b"", said).decode("latin-1"), end))
        print(f"malformed {i}: {seen[0]}", flush=True)
        if seen[0] != seen[1]:
            different.append([i, *seen])
    return json.dumps({"different": different}).encode()


ACTS = {"die in the upload": die_in_the_upload, "too much": too_much, "twice": twice, "no text": no_text, "broken stream": broken_stream,
        "malformed": malformed}


def main():
    if os.environ.get("ROUGH_INIT") == "restore-error":
        connection = Connection()
        connection.send(head("GET", "restore/next"))
        connection.answer()
        error = json.dumps({"errorType": "HookError", "errorMessage": "asked to fail", "stackTrace": []}).encode()
        post(connection, "restore/error", error, "Lambda-Runtime-Function-Error-Type: Runtime.HookError")
        sys.exit(1)
    connection = Connection()
    while True:
        connection.send(head("GET", "invocation/next"))
        _, headers, body = connection.answer()
        event = json.loads(body) if body.startswith(b'{"rough"') else {}
        here = f"invocation/{headers['lambda-runtime-aws-request-id']}/"
        act = ACTS.get(event.get("rough"))
        result = act(connection, here) if act else body
        if result is not None:
            post(connection, here + "response", result)


main()
