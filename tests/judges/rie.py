"""The cases of make check-rie: nightjar and the sample function under AWS's own emulator.  rie.sh prepares what is used here."""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scenarios"))
from match import fits_all  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
CASES_DIR = pathlib.Path("/opt/cases")  # below $BUILD/judges, seen through /opt: other users reach it wherever the build folder is
PASSWORD_EVENT = {"rawPath": "/login", "requestContext": {"http": {"method": "POST"}}}
WAIT_S = 20


class Wrong(Exception):
    """An expectation that was not met."""


class Skipped(Exception):
    """Something that this machine does not permit."""


def expect(true, sentence):
    if not true:
        raise Wrong(sentence)


def free_ports(n):
    """Ports nobody uses, all different."""
    sockets = [socket.socket() for _ in range(n)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def until(what, sentence, seconds=WAIT_S):
    """Waits for what() to be true."""
    end = time.monotonic() + seconds
    while not what():
        expect(time.monotonic() < end, f"{sentence}: not within {seconds} s")
        time.sleep(0.02)


def answers(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def read(path):
    return path.read_text(errors="replace") if path.exists() else ""


def ndjson(path):
    return [json.loads(line) for line in read(path).splitlines() if line.strip()]


class Sandbox:
    """One emulator with its sink; the folder of the case keeps what every program wrote."""

    bootstrap = ("/opt/nightjar-capture", "/opt/bin/sample-function")

    def __init__(self, name, settings, **members):
        self.dir = CASES_DIR / name
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.dir.chmod(0o777)  # managed instances run the extension without the rights of root
        self.invoke_port, self.api_port, self.proxy_port = free_ports(3)
        self.settings = settings
        self.processes = []
        self.__dict__.update(members)

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for p in reversed(self.processes):
            if p.poll() is None:
                p.kill()
            p.wait()

    def start(self):
        sink_port = self.dir / "sink.port"
        self.sink = self.spawn("sink", [BUILD / "capture-sink", "--dir", self.dir, "--port-file", sink_port], {})
        until(lambda: read(sink_port).strip(), "the sink's port")
        env = {
            "AWS_LAMBDA_FUNCTION_NAME": "judged", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "JUDGE_DIR": str(self.dir),
            "NIGHTJAR_SINK": f"http://127.0.0.1:{read(sink_port).strip()}/", "NIGHTJAR_LOG_LEVEL": "info",
            "NIGHTJAR_FLUSH": "end", "NIGHTJAR_PROXY_PORT": str(self.proxy_port), **self.settings,
        }
        # /var/task must be there in managed instances; an empty /var of its own leaves the machine's alone.
        command = ["unshare", "--mount", "sh", "-c", 'mount -t tmpfs none /var && mkdir /var/task && cd /opt && exec "$@"', "sh",
                   "/opt/bin/aws-lambda-rie", "--log-level", "debug", "--runtime-interface-emulator-address",
                   f"127.0.0.1:{self.invoke_port}", "--runtime-api-address", f"127.0.0.1:{self.api_port}", *self.bootstrap]
        self.rie = self.spawn("rie", command, env)
        until(lambda: answers(self.invoke_port), "the emulator's port")

    def spawn(self, name, command, env):
        keep = {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") if k in os.environ}
        with open(self.dir / f"{name}.log", "wb") as log:
            p = subprocess.Popen([str(c) for c in command], env={**keep, **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(p)
        return p

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
        self.sink.send_signal(signal.SIGTERM)
        expect(self.sink.wait(WAIT_S) == 0, "the sink could not write everything")
        self.records = ndjson(self.dir / "records.ndjson")
        self.lines = ndjson(self.dir / "nightjar.log")
        last = [line for line in self.lines if line.get("code") == "NJ1900"]
        expect(len(last) == processes and self.lines[-1] == last[-1], f"NJ1900 is not the last line, or not {processes} times there")
        ledgers = [line["ledger"] for line in last]
        expect(all(ledger["balanced"] and ledger["lost"] == 0 for ledger in ledgers), "a ledger does not balance, or something was lost")
        delivered = sum(sink["delivered"] for ledger in ledgers for sink in ledger["sinks"].values())
        expect(delivered == len(self.records), f"{len(self.records)} records at the sink, {delivered} delivered")
        bad = [line for line in self.lines if line.get("nightjar") in ("warn", "error")]
        expect(not bad, f"nightjar said {bad[:3]}")

    def count(self, wanted, **conditions):
        """So many records (a number, or a condition of the scenarios' language) with these values; __ stands for a dot."""
        self.counted(wanted, {path.replace("__", "."): value for path, value in conditions.items()})

    def counted(self, wanted, conditions):
        n = sum(fits_all(r, conditions) for r in self.records)
        expect(n == wanted if isinstance(wanted, int) else fits_all({"n": n}, {"n": wanted}), f"{n} records with {conditions}, not {wanted}")

    def said(self, code):
        return [line for line in self.lines if line.get("code") == code]


ACCOUNT = {"rawPath": "/account?user=2"}
ACCOUNT_BODY = {"id": "acc-2", "balance": 200}


def secret(kind, number):
    """A value that the sample function may write."""
    out = subprocess.run([BUILD / "sample-function", "--secrets"], check=True, capture_output=True, text=True).stdout
    return dict(line.split("\t", 1) for line in out.splitlines())[f"{kind}:{number}"]


def no_secret(box, *values):
    everything = read(box.dir / "records.ndjson") + read(box.dir / "nightjar.log")
    for value in values:
        expect(value not in everything, f"{value[:4]}... is in what nightjar wrote")


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
        box.count(0, what__category="platform")
        no_secret(box, email, password)


def classic_headers():
    """What the emulator takes from headers of the call reaches the records: trace and tenant."""
    with Sandbox("classic-headers", {}) as box:
        root = "1-65f00000-0123456789abcdef01234567"
        box.answered(ACCOUNT, 200, ACCOUNT_BODY, {"X-Amzn-Trace-Id": f"Root={root};Parent=53995c3f42cd8ad8;Sampled=1", "X-Amz-Tenant-Id": "blue"})
        box.shut_down()
        trace = root.replace("-", "")[1:]
        for event in ("invocation.input", "invocation.response"):
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
        box.count(0, what__event="~^invocation")


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
        expect(re.search(r"destinationURI=http://sandbox.localdomain:\d+/t/[0-9a-f]{32} ", said), "the subscription has no path to be dropped")
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


def main():
    parser = argparse.ArgumentParser(description="nightjar under AWS's own emulator")
    parser.add_argument("--skip", metavar="REASON", help="run nothing; say of each case why")
    parser.add_argument("case", nargs="*", metavar="CASE", help="one of: " + ", ".join(CASES))
    options = parser.parse_args()
    unknown = [name for name in options.case if name not in CASES]
    if unknown:
        parser.error(f"no case {unknown[0]}")
    passed = failed = skipped = 0
    for name in options.case or CASES:
        began = time.monotonic()
        if options.skip:
            print(f"skip  {name}: {options.skip}")
            skipped += 1
            continue
        try:
            CASES[name]()
        except Skipped as e:
            print(f"skip  {name}: {e}")
            skipped += 1
        except (Wrong, OSError, ValueError, KeyError, http.client.HTTPException) as e:
            print(f"FAIL  {name}: {e if isinstance(e, Wrong) else repr(e)}\n      what was written is in {BUILD}/judges{CASES_DIR}/{name}")
            failed += 1
        else:
            print(f"pass  {name}  {' '.join(CASES[name].__doc__.split())}  ({time.monotonic() - began:.1f} s)")
            passed += 1
        sys.stdout.flush()
    print(f"check-rie: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
