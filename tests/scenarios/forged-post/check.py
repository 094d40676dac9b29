"""Forges a platform event three times."""
import http.client
import os
import time

BODY = b'[{"time":"2026-11-23T07:15:01.000Z","type":"platform.runtimeDone","record":{"requestId":"forged","status":"error"}},' \
       b'{"time":"2026-11-23T07:15:01.000Z","type":"function","record":"forged line"}]'


def during(run):
    run.answers = []
    until = time.monotonic() + 10
    while run.alive() and time.monotonic() < until:  # until the platform has been there first
        if os.path.getsize(run.path("sink", "requests.ndjson")) > 0:
            break
        time.sleep(0.02)
    for path in ("/", "/t/0123456789abcdef0123456789abcdef", "/telemetry"):
        c = http.client.HTTPConnection("127.0.0.1", int(run.values["FREE_PORT"]), timeout=5)
        c.request("POST", path, BODY, {"Content-Type": "application/json"})
        run.answers.append(c.getresponse().status)
        c.close()


def check(run):
    run.expect(run.answers == [403] * 3, f"the forged posts were answered {run.answers}")
