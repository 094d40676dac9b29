"""The cases of make check-rie: nightjar and the sample function under AWS's own emulator.  rie.sh prepares what is used here."""
import concurrent.futures
import http.client
import json
import pathlib
import re
import signal
import subprocess
import sys
import time

from judge import BUILD, WAIT_S, Case, Skipped, Wrong, answers, expect, fits_all, free_ports, no_secret, read, run_cases, secret, until

CASES_DIR = pathlib.Path("/opt/cases")  # below $BUILD/judges, seen through /opt: other users reach it wherever the build folder is
PASSWORD_EVENT = {"rawPath": "/login", "requestContext": {"http": {"method": "POST"}}}


class Sandbox(Case):
    """One emulator, which starts nightjar and the function behind its proxy."""

    bootstrap = ("/opt/nightjar-capture", "/opt/bin/sample-function")

    def __init__(self, name, settings, **members):
        super().__init__(CASES_DIR / name)
        self.dir.chmod(0o777)  # managed instances run the extension without the rights of root
        self.invoke_port, self.api_port, self.proxy_port = free_ports(3)
        self.settings = settings
        self.__dict__.update(members)

    def start(self):
        super().start()
        env = {
            "AWS_LAMBDA_FUNCTION_NAME": "judged", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "JUDGE_DIR": str(self.dir),
            "NIGHTJAR_SINK": self.sink_url, "NIGHTJAR_PSEUDONYM_KEY": self.key, "NIGHTJAR_LOG_LEVEL": "info",
            "NIGHTJAR_FLUSH": "end", "NIGHTJAR_PROXY_PORT": str(self.proxy_port), **self.settings,
        }
        # /var/task must be there in managed instances; an empty /var of its own leaves the machine's alone.
        command = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /var && mkdir /var/task && cd /opt && exec "$@"', "sh",
                   "/opt/bin/aws-lambda-rie", "--log-level", "debug", "--runtime-interface-emulator-address",
                   f"127.0.0.1:{self.invoke_port}", "--runtime-api-address", f"127.0.0.1:{self.api_port}", *self.bootstrap]
        self.rie = self.spawn("rie", command, env)
        until(lambda: answers(self.invoke_port), "the emulator's port")

    def invoke(self, event, headers=None):
        """Status and body of an invocation; a managed instance whose workers have not yet asked again is called once more."""
        end = time.monotonic() + WAIT_S
        while True:
            status, body = self.call(event, headers)
            if status != 400 or b"Runtime.Unavailable" not in body or time.monotonic() > end:
                return status, body
            time.sleep(0.005)

    def call(self, event, headers):
        """event is JSON, or bytes that go as they are."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        c = http.client.HTTPConnection("127.0.0.1", self.invoke_port, timeout=WAIT_S)
        try:
            c.request("POST", "/2015-03-31/functions/function/invocations", body, headers or {})
            r = c.getresponse()
            return r.status, r.read()
        finally:
            c.close()

    def answered(self, event, status, body=None, headers=None):
        """An HTTP-shaped event gets the status and the body that the sample function gives."""
        code, raw = self.invoke(event, headers)
        expect(code == 200, f"{event}: the emulator answered {code}, {raw[:200]!r}")
        answer = json.loads(raw)
        expect(answer.get("statusCode") == status, f"{event}: answered {raw[:200]!r}")
        expect(body is None or json.loads(answer["body"]) == body, f"{event}: answered {raw[:200]!r}")

    def failed(self, event, error_type):
        """The error of the function comes back as it was reported."""
        _, raw = self.invoke(event)
        expect(json.loads(raw).get("errorType") == error_type, f"{event}: answered {raw[:200]!r}")

    def shut_down(self, processes=1):
        """SIGTERM is how the emulator is told to send SHUTDOWN.  Every nightjar leaves with 0, having said its last line."""
        expect(self.rie.poll() is None, "the emulator ended by itself")
        self.rie.send_signal(signal.SIGTERM)
        try:
            self.rie.wait(WAIT_S)
        except subprocess.TimeoutExpired:
            raise Wrong("the emulator did not end at SIGTERM") from None
        left = read(self.dir / "left").split()
        expect(left == ["0"] * processes, f"nightjar left with {left}, not {processes} times with 0")
        self.judge_writing(processes)


ACCOUNT = {"rawPath": "/account?user=2"}
ACCOUNT_BODY = {"id": "acc-2", "balance": 200}


def classic():
    """INVOKE and SHUTDOWN, no telemetry; inputs, responses and errors through the proxy; large payloads whole."""
    with Sandbox("classic", {}) as box:
        email, password = secret("EMAIL", 1), secret("PASSWORD", 1)
        box.answered(ACCOUNT, 200, ACCOUNT_BODY)
        for user in range(3, 13):
            box.answered({"rawPath": f"/account?user={user}"}, 200, {"id": f"acc-{user}", "balance": user * 100})
        box.answered({**PASSWORD_EVENT, "body": json.dumps({"email": email, "password": password})}, 200)
        box.failed({"rawPath": "/error"}, "LedgerError")
        for event in (b'"a bare string"', b"[1,2,3]", b'{"text":"\xc3\xa4 and \\u0000"}', b'{"filler":"' + b"x" * (5 << 20) + b'"}'):
            code, raw = box.invoke(event)
            expect(code == 200 and raw == event, f"{event[:40]!r} came back as {code}, {len(raw)} bytes, {raw[:40]!r}")
        box.shut_down()
        box.counted(1, {"what.event": "nightjar.start", "message": "~without telemetry", "data.nightjar.telemetry": "unsupported"})
        expect(len(box.said("NJ1204")) == 1, "the missing telemetry is not said once")
        box.count(17, what__event="invocation.input", what__category="input")
        box.count(16, what__event="invocation.response", what__category="response")
        box.count(12, what__event="invocation.response", data__http__response__status_code=200)
        box.counted(1, {"what.event": "invocation.input", "data.payload.rawPath": "/account?user=2", "where.faas.invocation_id": "*"})
        box.counted(1, {"what.event": "invocation.response", "data.payload.body.id": "acc-2"})
        box.counted(1, {"what.event": "invocation.error", "data.exception.message": "account not found"})
        box.counted(1, {"what.event": "invocation.input", "data.payload.body.password": "[secret]"})
        box.counted(1, {"what.event": "invocation.input", "data.payload": "a bare string"})
        box.count(0, what__event="~^platform")
        no_secret(box, email, password)


def classic_headers():
    """What the emulator takes from headers of the call reaches the records: trace and tenant."""
    with Sandbox("classic-headers", {}) as box:
        root = "1-65f00000-0123456789abcdef01234567"
        headers = {"X-Amzn-Trace-Id": f"Root={root};Parent=53995c3f42cd8ad8;Sampled=1", "X-Amz-Tenant-Id": "blue"}
        box.answered({"rawPath": "/slow?ms=200"}, 200, None, headers)
        box.shut_down()
        trace = root.replace("-", "")[1:]
        # This emulator names the trace in the INVOKE event alone, not in the answer to "next" as Lambda does: what is seen before
        # the event has come cannot have it.
        for event in ("invocation.response", "invocation.summary"):
            found = [json.dumps(r) for r in box.records if r["what"]["event"] == event]
            expect(len(found) == 1, f"{len(found)} records {event}")
            expect(trace in found[0], f"{event} does not name the trace: {found[0][:600]}")
            expect('"blue"' in found[0], f"{event} does not name the tenant: {found[0][:600]}")


def classic_off():
    """With NIGHTJAR_CAPTURE=off the wrapper lets the runtime go straight to the Runtime API."""
    with Sandbox("classic-off", {"NIGHTJAR_CAPTURE": "off"}) as box:
        box.answered(ACCOUNT, 200, ACCOUNT_BODY)
        expect(not answers(box.proxy_port), "something listens on the proxy's port")
        box.shut_down()
        box.count(1, what__event="nightjar.start")
        box.count(0, what__event="~^invocation.(input|response|error)$")


def classic_timeout():
    """A function that takes too long: the emulator resets the sandbox; the nightjar that follows serves the next invocation."""
    with Sandbox("classic-timeout", {"AWS_LAMBDA_FUNCTION_TIMEOUT": "1"}) as box:
        box.answered(ACCOUNT, 200, ACCOUNT_BODY)
        _, raw = box.invoke({"rawPath": "/slow?ms=5000"})
        expect(b"timed out after 1" in raw, f"the emulator answered {raw[:200]!r}")
        box.answered({"rawPath": "/account?user=3"}, 200, {"id": "acc-3", "balance": 300})
        box.shut_down(processes=2)
        box.count(2, what__event="nightjar.start")
        box.count(3, what__event="invocation.input")
        box.counted(1, {"what.event": "invocation.input", "data.payload.rawPath": "/slow?ms=5000"})
        box.count(2, what__event="invocation.response")


def classic_crash():
    """A runtime that dies in the middle of an invocation: the caller gets the emulator's error, and what was seen is recorded."""
    with Sandbox("classic-crash", {}) as box:
        box.answered(ACCOUNT, 200, ACCOUNT_BODY)
        code, raw = box.invoke({"rawPath": "/exit?code=3"})
        expect(json.loads(raw).get("errorType") == "Runtime.ExitError", f"the emulator answered {code}, {raw[:200]!r}")
        box.answered({"rawPath": "/account?user=3"}, 200, {"id": "acc-3", "balance": 300})
        box.shut_down(processes=2)
        box.count(3, what__event="invocation.input")
        box.count(2, what__event="invocation.response")


def maps_user(uid):
    """Is there such a user in this user namespace?"""
    spans = [[int(n) for n in line.split()] for line in read(pathlib.Path("/proc/self/uid_map")).splitlines()]
    return any(first <= uid < first + n for first, _, n in spans)


def managed():
    """Managed instances: SHUTDOWN only, telemetry to our listener with the path dropped, invocations at one time."""
    if not maps_user(993):
        raise Skipped("in this mode the emulator starts programs as user 993, which takes root")
    # It looks for the bootstrap itself: /opt/bootstrap, two lines with the wrapper in front of the real one.
    with Sandbox("managed", {"AWS_LAMBDA_MAX_CONCURRENCY": "4", "AWS_LAMBDA_LOG_FORMAT": "JSON"}, bootstrap=()) as box:
        with concurrent.futures.ThreadPoolExecutor(4) as callers:
            calls = [callers.submit(box.answered, {"rawPath": f"/account?user={u}"}, 200, {"id": f"acc-{u}", "balance": u * 100})
                     for u in range(1, 21)]
            calls += [callers.submit(box.answered, {"rawPath": "/slow?ms=200"}, 200, {"state": "done"}) for _ in range(8)]
            for call in calls:
                call.result()
        box.failed({"rawPath": "/error"}, "LedgerError")
        box.shut_down()
        said = read(box.dir / "rie.log")
        expect(said.count("url=/2020-01-01/extension/register") == 1 and "events=[SHUTDOWN]" in said, "not registered for SHUTDOWN at once")
        path = re.search(r"destinationURI=http://sandbox.localdomain:\d+/t/[0-9a-f]{32} ", said)
        expect(path, "the subscription has no path to be dropped")
        box.count(1, what__event="nightjar.start")
        box.count(0, what__event="nightjar.start", message="~without telemetry")
        ledger = box.lines[-1]["ledger"]
        expect(ledger["counters"].get("posts", 0) > 0 and ledger["counters"].get("posts_refused", 0) == 0, f"posts: {ledger['counters']}")
        box.count(29, what__event="invocation.input", where__faas__invocation_id="*")
        box.count(28, what__event="invocation.response", where__faas__invocation_id="*")
        box.count(1, what__event="invocation.error", where__faas__invocation_id="*")
        for user in range(1, 21):
            ids = {r["where"]["faas.invocation_id"] for r in box.records
                   if fits_all(r, {"what.event": "invocation.input", "data.payload.rawPath": f"/account?user={user}"})
                   or fits_all(r, {"what.event": "invocation.response", "data.payload.body.id": f"acc-{user}"})}
            expect(len(ids) == 1, f"input and response of user {user} have the requests {ids}")
        box.count(29, what__event="platform.start")
        box.count(29, what__event="platform.report")
        box.count(0, what__event="platform.runtimeDone")
        box.count(1, what__event="platform.initStart")
        box.count(8, message="~waiting 200 ms", where__faas__invocation_id="*")
        box.count(0, what__event="platform.logsDropped")
        no_secret(box, secret("EMAIL", 1), secret("CARD", 1), secret("TOKEN", 1))


CASES = {f.__name__.replace("_", "-"): f for f in (classic, classic_headers, classic_off, classic_timeout, classic_crash, managed)}

if __name__ == "__main__":
    sys.exit(run_cases("check-rie", CASES, f"{BUILD}/judges{CASES_DIR}"))
