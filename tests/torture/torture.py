"""Each allocation of nightjar fails in turn: the whole program, in the emulator, with the proxy in the path.

One run counts the allocations, then there is a run for each of them: that one fails, or it and all for a while after it.  Whatever
fails, the function must not notice, nightjar must register, poll and leave at SHUTDOWN with status 0, its ledger must balance,
and no secret may be in anything it wrote.  A second story has no sink: batches go to disk, and a next nightjar finds them.  STEP=N takes every
N-th allocation only, STORY=name one of the stories.
"""
import concurrent.futures
import json
import os
import secrets
import socket
import struct
import subprocess
import sys
import tempfile
import time

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
STEP = int(os.environ.get("STEP") or 1)
HERE = os.path.join(BUILD, "torture")
AT_ONCE = max(1, os.cpu_count() or 1)
LIMIT_S = 60
SHORTAGES = {"it alone": 0, "it and all for 200 ms": 200}


def secret_values():
    out = subprocess.run([os.path.join(BUILD, "sample-function"), "--secrets"], check=True, capture_output=True, text=True).stdout
    return dict(line.split("\t", 1) for line in out.splitlines())


SECRETS = secret_values()
WORK = [
    {"event": {"rawPath": "/account?user=1", "requestContext": {"http": {"method": "GET", "sourceIp": "203.0.113.7"}}}, "expect": "success"},
    {"event": {"rawPath": "/login", "headers": {"authorization": "Bearer " + SECRETS["JWT:1"]},
               "body": json.dumps({"email": SECRETS["EMAIL:1"], "password": SECRETS["PASSWORD:1"]})}, "expect": "success"},
    {"event": {"rawPath": "/search?q=x", "pad": ["some words of a long event"] * 4000}, "expect": "success"},
    {"event": {"rawPath": "/error"}, "expect": "error"},
    {"gapMs": 30, "event": "a bare string", "expect": "success"},
]
DISK = [
    {"event": {"rawPath": "/log?text=some+words+for+the+disk&repeat=300"}, "expect": "success"},
    {"event": {"rawPath": "/login", "body": json.dumps({"email": SECRETS["EMAIL:1"], "password": SECRETS["PASSWORD:1"]})}, "expect": "success"},
    {"event": {"rawPath": "/slow?ms=3000"}, "expect": "timeout"},
    {"event": {"rawPath": "/account?user=1"}, "expect": "success"},
]
# Script, arguments of the emulator, nightjar's environment (no sink: the one of all runs), how often nightjar is started, may it complain.
STORIES = {
    "work": (WORK, ["--wrapper", os.path.join(BUILD, "nightjar-capture")], {}, 1, False),
    # A shortage of 200 ms, and as long again until event/next is asked for once more, are no timeout of the function.
    "disk": (DISK, ["--timeout", "1s", "--shutdown-deadline", "400ms"],
             {"NIGHTJAR_SINK": "http://127.0.0.1:9/x", "NIGHTJAR_QUEUE_BYTES": "64k", "NIGHTJAR_BATCH_BYTES": "8k", "NIGHTJAR_SPILL_BYTES": "256k",
              "NIGHTJAR_COMPRESS": "none"}, 2, True),
}


class Wrong(Exception):
    pass


def expect(good, text):
    if not good:
        raise Wrong(text)


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as f:
        return f.read()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sink:
    """One capture sink for all runs."""

    def __init__(self):
        port_file = os.path.join(HERE, "sink.port")
        if os.path.exists(port_file):
            os.remove(port_file)
        self.process = subprocess.Popen([os.path.join(BUILD, "capture-sink"), "--dir", os.path.join(HERE, "sink"), "--port-file", port_file],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not read(port_file).strip():
            if time.monotonic() > until:
                raise SystemExit("torture: the sink did not start")
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{read(port_file).strip()}/in"

    def end(self):
        self.process.terminate()
        self.process.wait(20)
        return read(os.path.join(HERE, "sink", "records.ndjson"))


def run(folder, story, sink, at, for_ms):
    """Plays the script; returns how many allocations there were and whether nightjar had to do without something."""
    script, arguments, settings, starts, _ = STORIES[story]
    os.makedirs(folder, exist_ok=True)
    path = {name: os.path.join(folder, name) for name in ("script", "report", "log", "count", "emulator.log")}
    for p in path.values():
        if os.path.exists(p):
            os.remove(p)
    with open(path["script"], "w", encoding="utf-8") as f:
        f.writelines(json.dumps(line) + "\n" for line in script)
    command = [os.path.join(BUILD, "lambda-emulator"), "--quiet", "--extension", os.path.join(HERE, "nightjar"),
               *arguments, "--script", path["script"], "--report", path["report"], "--extension-log", path["log"],
               "--max-seconds", str(LIMIT_S), "--color", "never"]
    # In memory where that can be had: it is memory that fails here, and a busy disk is another story.
    tmp = tempfile.mkdtemp(prefix="nightjar-torture-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else folder)
    env = {"NIGHTJAR_SINK": sink.url, "NIGHTJAR_LOG_LEVEL": "info", "NIGHTJAR_PROXY_PORT": free_port(), "NIGHTJAR_FLUSH": "end",
           "NIGHTJAR_PSEUDONYM_KEY": "k1:" + secrets.token_hex(16), "TORTURE_COUNT": path["count"], "TORTURE_FAIL_AT": at,
           "TORTURE_FAIL_MS": for_ms, "NIGHTJAR_SPILL_DIR": tmp, **settings}
    for key, value in env.items():
        command += ["--env", f"{key}={value}"]
    with open(path["emulator.log"], "wb") as log:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False, timeout=LIMIT_S + 20).returncode
    subprocess.run(["rm", "-rf", tmp], check=False)
    expect(status == 0, f"the emulator left with {status}: {read(path['emulator.log']).strip()[:300]}")
    report = json.loads(read(path["report"]))
    said = read(path["log"])
    mine = [e for e in report["extensions"] if e["name"] == "nightjar"]
    expect(len(mine) == starts, f"nightjar was started {len(mine)} times")
    for one in mine:
        expect(one["exit"].get("code") == 0, f"nightjar left with {one['exit']}")
    for name, value in SECRETS.items():
        expect(value not in said, f"{name} is in nightjar's own lines")
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    for line in lines:
        if line.get("code") == "NJ1900" and "ledger" in line:
            expect(line["ledger"]["balanced"], f"the ledger does not balance: {line['ledger']}")
    with open(path["count"], "rb") as f:
        count = struct.unpack("=Q", f.read(8))[0]
    return count, any(line.get("nightjar") in ("warn", "error") for line in lines)


def main():
    os.makedirs(HERE, exist_ok=True)
    sink = Sink()
    try:
        jobs = []
        for story in [os.environ["STORY"]] if os.environ.get("STORY") else STORIES:
            first = os.path.join(HERE, "run-0-" + story)
            subprocess.run(["rm", "-rf", first], check=False)
            total, said = run(first, story, sink, 0, 0)
            if said and not STORIES[story][4]:
                print(read(os.path.join(first, "log")))
                raise SystemExit("torture: nightjar complains without any failure")
            print(f"torture: {story}: {total} allocations, every {STEP}. of them, {AT_ONCE} runs at once", flush=True)
            jobs += [(story, at, text) for text in SHORTAGES for at in range(1, total + 1, STEP)]
        passed = failed = noticed = 0

        def one(job):
            story, at, text = job
            folder = os.path.join(HERE, f"run-{story}-{at}-{SHORTAGES[text]}")
            subprocess.run(["rm", "-rf", folder], check=False)
            try:
                return job, folder, run(folder, story, sink, at, SHORTAGES[text])[1], None
            except (Wrong, subprocess.TimeoutExpired, OSError, KeyError, ValueError) as e:
                return job, folder, False, e

        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for (story, at, text), folder, told, error in pool.map(one, jobs):
                passed += error is None
                failed += error is not None
                noticed += told
                if error is not None:
                    print(f"FAIL  {story}, allocation {at}, {text}: {error} (see {folder})", flush=True)
                else:
                    subprocess.run(["rm", "-rf", folder], check=False)
    finally:
        stored = sink.end()
    for name, value in SECRETS.items():
        if value in stored:
            failed += 1
            print(f"FAIL  {name} reached the sink", flush=True)
    print(f"torture: in {noticed} runs nightjar said that something was missing")
    print(f"torture: {passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
