"""Posts what the platform never would, to the path it uses."""
import http.client
import os
import time

BODIES = [b"", b"hello", b"[", b"\x00\x01\xff\xfe", b"[[[[[[[[", b"null", b"[1,2,3]", b"<html></html>"]


def during(run):
    run.answers = []
    until = time.monotonic() + 10
    while run.alive() and time.monotonic() < until:  # until the platform has been there first
        if os.path.getsize(run.path("sink", "requests.ndjson")) > 0:
            break
        time.sleep(0.02)
    for body in BODIES:
        c = http.client.HTTPConnection("127.0.0.1", int(run.values["FREE_PORT"]), timeout=5)
        c.request("POST", "/", body, {"Content-Type": "application/json"})
        run.answers.append(c.getresponse().status)
        c.close()


def check(run):
    run.expect(run.answers == [200] * len(BODIES), f"the posts were answered {run.answers}")
