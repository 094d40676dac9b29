"""A platform of its own, which looks at the proxy's port in the moment in which nightjar registers, and then shuts it down."""
import http.server
import json
import os
import socket
import subprocess
import threading
import time

seen = {}


def listening(port):
    """The addresses, as the kernel writes them, at which this port takes connections."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as f:
            for row in (line.split() for line in f.read().splitlines()[1:]):
                address, _, local = row[1].rpartition(":")
                if int(local, 16) == port and row[3] == "0A":
                    found.add(address)
    return found


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Platform(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    port = 0

    def reply(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.endswith("/register") and not seen:
            seen.update(answers=answers(self.port), addresses=sorted(listening(self.port)))
        self.reply(200, b"{}", Lambda_Extension_Identifier="0d8e2f30-2b5b-4c33-9d5c-1f4b8f1f9a11")

    do_PUT = do_POST

    def do_GET(self):
        deadline = int(time.time() * 1000) + 2000
        self.reply(200, json.dumps({"eventType": "SHUTDOWN", "shutdownReason": "spindown", "deadlineMs": deadline}).encode())

    def log_message(self, *_):
        pass


def prepare(run):
    Platform.port = int(run.values["PROXY_PORT"])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Platform) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        env = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}", "NIGHTJAR_PROXY_PORT": str(Platform.port),
               "NIGHTJAR_SINK": "file://" + run.path("early.ndjson"), "PATH": os.environ["PATH"]}
        seen["status"] = subprocess.run([run.tools.nightjar], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, timeout=20, check=False).returncode
        server.shutdown()


def check(run):
    run.expect(seen == {"answers": True, "addresses": ["0100007F"], "status": 0}, "the proxy was there, on 127.0.0.1 alone", seen)
