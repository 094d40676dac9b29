"""What the judges share: a folder with a sink for each case, expectations on what nightjar wrote, cases and their closing line."""
import argparse
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "scenarios"))
from match import fits_all  # noqa: E402

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
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


class Case:
    """A folder with a sink; what every program writes stays there."""

    def __init__(self, folder):
        self.dir = folder
        shutil.rmtree(self.dir, ignore_errors=True)
        self.dir.mkdir(parents=True)
        self.processes = []

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
        self.key = "k1:" + secrets.token_hex(16)  # without one there is a warning
        self.sink_url = f"http://127.0.0.1:{read(sink_port).strip()}/"

    def spawn(self, name, command, env):
        keep = {k: os.environ[k] for k in ("PATH", "HOME", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") if k in os.environ}
        with open(self.dir / f"{name}.log", "wb") as log:
            p = subprocess.Popen([str(c) for c in command], env={**keep, **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.processes.append(p)
        return p

    def judge_writing(self, processes=1):
        """nightjar has left: its last lines, its ledgers and what is at the sink have to agree, and nothing is a warning."""
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
        right = n == wanted if isinstance(wanted, int) else fits_all({"n": n}, {"n": wanted})
        expect(right, f"{n} records with {conditions}, not {wanted}")

    def said(self, code):
        return [line for line in self.lines if line.get("code") == code]


def secret(kind, number):
    """A value that the sample function may write."""
    out = subprocess.run([BUILD / "sample-function", "--secrets"], check=True, capture_output=True, text=True).stdout
    return dict(line.split("\t", 1) for line in out.splitlines())[f"{kind}:{number}"]


def no_secret(box, *values):
    everything = read(box.dir / "records.ndjson") + read(box.dir / "nightjar.log")
    for value in values:
        expect(value not in everything, f"{value[:4]}... is in what nightjar wrote")


def run_cases(name, cases, folder):
    """The program around the cases; its exit status."""
    parser = argparse.ArgumentParser(description=name)
    parser.add_argument("--skip", metavar="REASON", help="run nothing; say of each case why")
    parser.add_argument("case", nargs="*", metavar="CASE", help="one of: " + ", ".join(cases))
    options = parser.parse_args()
    unknown = [case for case in options.case if case not in cases]
    if unknown:
        parser.error(f"no case {unknown[0]}")
    count = {"pass": 0, "FAIL": 0, "skip": 0}
    for case in options.case or cases:
        began = time.monotonic()
        result, text = "pass", " ".join(cases[case].__doc__.split())
        try:
            if options.skip:
                raise Skipped(options.skip)
            cases[case]()
        except Skipped as e:
            result, text = "skip", str(e)
        except Exception as e:  # whatever goes wrong in a case is its failure, and the others still run
            result, text = "FAIL", f"{e if isinstance(e, Wrong) else repr(e)}\n      what was written is in {folder}/{case}"
        count[result] += 1
        print(f"{result}  {case}: {text}" + (f"  ({time.monotonic() - began:.1f} s)" if result == "pass" else ""), flush=True)
    print(f"{name}: {count['pass']} passed, {count['FAIL']} failed, {count['skip']} skipped")
    return 1 if count["FAIL"] else 0
