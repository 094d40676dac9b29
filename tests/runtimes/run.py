"""Plays stories with real runtime clients in the emulator, each without and with nightjar in the path, and compares.

What the function's callers see must be the same; and every input, response and error must have become a record that says so.
Called by run.sh, which builds the clients.
"""
import hashlib
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time

BUILD = os.environ["BUILD"]
HOME = os.path.join(BUILD, "runtimes")
THREADED = ("java",)  # one process that asks for several invocations at a time; several of it unpack the same library in /tmp
RESTORING = ("python", "rust", "java")  # clients that ask for restore/next, and so survive the loss of what they had open
CLIENTS = {  # name: handler for buffered answers, handler for streamed ones (None: the client cannot stream)
    "shell": ("bootstrap", "bootstrap"),
    "go": ("bootstrap", "bootstrap"),
    "python": ("handler.handler", None),
    "node": ("index.handler", "index.stream"),
    "rust": ("bootstrap", "bootstrap"),
    "java": ("nightjar.Handler::handleRequest", None),
}

def echo(n, **more):
    return {"event": {"do": "echo", "n": n, "text": "grüße \u2028 \U0001f600", "card": "4111 1111 1111 1111"}, "expect": "success", **more}


STORIES = {
    "a hundred invocations with freezes between": {"script": [echo(1), echo(2, gapMs=15, repeat=99)]},
    "failing, 6 MB, a timeout, a crash, and on": {
        "script": [echo(1), {"event": {"do": "fail", "message": "asked to fail"}, "expect": "error"}, echo(2),
                   {"event": {"do": "big", "bytes": 6000000}, "expect": "success"}, echo(3),
                   {"event": {"do": "sleep", "ms": 100}, "expect": "success"}, {"event": {"do": "sleep", "ms": 9000}, "expect": "timeout"},
                   echo(4), {"event": {"do": "exit"}, "expect": "crash"}, echo(5), {"shutdown": True}, echo(6)],
        "arguments": ["--timeout", "3s"]},
    "inputs of 5 MB, of one byte, and that are no object": {
        "script": [{"event": {"do": "echo", "pad": "p" * 5000000}, "expect": "success"}, echo(1),
                   *({"raw": raw, "expect": "any"} for raw in ("0", "null", "\"text\"", "[]", "{}"))],
        "arguments": ["--timeout", "5s"]},
    "streams, and one that breaks": {
        "streams": True,
        "script": [{"event": {"do": "stream", "chunks": 5, "bytes": 1000, "gap_ms": 20}, "expect": "success"},
                   {"event": {"do": "stream", "chunks": 100, "bytes": 60000}, "expect": "success"},
                   {"event": {"do": "stream-fail", "chunks": 2, "bytes": 10}, "expect": "any"},
                   {"event": {"do": "stream", "chunks": 3, "bytes": 10}, "expect": "success"}]},
    "a restored snapshot": {"script": [echo(1), echo(2, gapMs=20, repeat=3)], "arguments": ["--init-type", "snap-start"]},
    "a restored snapshot whose connections are dead": {
        "restores": True,
        "script": [echo(1), echo(2, gapMs=20, repeat=3)], "arguments": ["--init-type", "snap-start", "--snapshot-drop-connections"]},
    "managed instances, four at a time": {
        "script": [echo(n) for n in range(40)],
        "arguments": ["--init-type", "lambda-managed-instances", "--concurrency", "4"], "workers": 4},
}
VOLATILE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\d{4}-\d\d-\d\dT[\d:.]+Z|@[0-9a-f]{4,}|after [\d.]+ seconds")


class Failure(Exception):
    pass


def check(truth, text):
    if not truth:
        raise Failure(text)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def command_of(client, handler):
    with open(os.path.join(HOME, client, "ready"), encoding="utf-8") as f:
        return [handler if w == "{handler}" else w for w in f.read().splitlines()]


def play(client, story, handler, captured):
    """Runs the emulator once; returns its report and, with nightjar in the path, nightjar's records."""
    run = os.path.join(HOME, client, "run")
    os.makedirs(run, exist_ok=True)
    path = {n: os.path.join(run, n) for n in ("script", "report", "records", "extension.log", "emulator.log")}
    for p in path.values():
        if os.path.exists(p):
            os.remove(p)
    with open(path["script"], "w", encoding="utf-8") as f:
        f.writelines(json.dumps(line) + "\n" for line in story["script"])
    command = [os.path.join(BUILD, "lambda-emulator"), "--quiet", "--max-seconds", "120", "--handler", handler, "--script", path["script"],
               "--report", path["report"], "--task-root", os.path.join(HOME, client, "src"), *story.get("arguments", [])]
    if "workers" in story:
        command += ["--workers", "1" if client in THREADED else str(story["workers"])]
    if captured:
        command += ["--extension", os.path.join(HOME, "opt/extensions/nightjar"), "--wrapper", os.path.join(HOME, "opt/nightjar-capture"),
                    "--extension-log", path["extension.log"], "--env", f"NIGHTJAR_PROXY_PORT={free_port()}",
                    "--env", f"NIGHTJAR_SINK=file://{path['records']}",
                    "--env", f"NIGHTJAR_PSEUDONYM_KEY=k1:{secrets.token_hex(16)}"]  # without one there is a warning
    with open(path["emulator.log"], "w", encoding="utf-8") as log:
        status = subprocess.run(command + ["--"] + command_of(client, handler), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                check=False, timeout=180).returncode
    with open(path["emulator.log"], encoding="utf-8", errors="replace") as log:
        said = log.read().strip()
    check(status == 0, f"{'with' if captured else 'without'} nightjar: the emulator left with {status}: {said[:400]}")
    with open(path["report"], encoding="utf-8") as f:
        report = json.load(f)
    records = []
    if captured:
        with open(path["records"], encoding="utf-8") as f:
            records = [json.loads(line) for line in f]
        with open(path["extension.log"], encoding="utf-8") as f:
            own = f.read().strip()
        check(own == "", f"nightjar complained: {own[:400]}")
    return report, records


def seen(report):
    """What the callers of the function saw, without what differs from run to run anyway."""
    rows = []
    for i in report["invocations"]:
        rows.append((i["line"], i["outcome"], i.get("functionError"), i["producedBytes"], VOLATILE.sub("*", i.get("result", ""))))
    return sorted(rows)


def compare(direct, through):
    a, b = seen(direct), seen(through)
    check(len(a) == len(b), f"{len(a)} invocations without nightjar and {len(b)} with it")
    for x, y in zip(a, b):
        check(x == y, f"without nightjar {str(x)[:300]}, with it {str(y)[:300]}")


def by_id(records, event):
    out = {}
    for r in records:
        if r["what"]["event"] == event:
            key = r["where"].get("faas.invocation_id")
            check(key not in out, f"two {event} records for {key}")
            out[key] = r
    return out


def check_records(report, records):
    inputs, responses, errors = (by_id(records, f"invocation.{kind}") for kind in ("input", "response", "error"))
    for i in report["invocations"]:
        key = i["requestId"]
        check(key in inputs, f"no input was recorded for line {i['line']}, {key}")
        answer = responses.get(key) or errors.get(key)
        if i["outcome"] in ("timeout", "crash"):
            check(answer is None, f"an answer was recorded for line {i['line']}, which ended as {i['outcome']}")
            continue
        check(answer is not None, f"no answer was recorded for line {i['line']}, {i['outcome']}")
        size, whole = answer["data"]["nightjar.payload.size"], i.get("result", "").encode()
        check(size == i["producedBytes"], f"line {i['line']}: {i['producedBytes']} bytes answered, {size} recorded")
        if len(whole) == size:
            check(answer["data"]["nightjar.payload.sha256"] == hashlib.sha256(whole).hexdigest(), f"line {i['line']}: another sum")
        check((key in errors) == (i["outcome"] == "error") or i["line"] in BREAKS, f"line {i['line']}: {i['outcome']} recorded as {answer['what']}")
    whole_text = json.dumps(records)
    check("4111 1111 1111 1111" not in whole_text and "4111111111111111" not in whole_text, "a card number left the sandbox")
    check("nightjar-capture:" not in whole_text, "the wrapper complained")
    for r in records:
        if r["what"]["event"] == "nightjar.ledger":
            check(r["data"]["balanced"], "a ledger does not balance")
            lost = [c for c in ("captures_dropped", "captures_starved") if r["data"]["counters"].get(c)]
            check(not lost, f"the ledger counts {', '.join(lost)}")


BREAKS = set()  # lines whose stream breaks: how the client tells that is its own affair


def tell(client, name, story, handler):
    BREAKS.clear()
    BREAKS.update(n for n, line in enumerate(story["script"], 1) if line.get("event", {}).get("do") == "stream-fail")
    direct, _ = play(client, story, handler, False)
    through, records = play(client, story, handler, True)
    compare(direct, through)
    check_records(through, records)
    return len(through["invocations"])


def why_not(client):
    try:
        with open(os.path.join(HOME, client, "why"), encoding="utf-8") as f:
            return f.read().strip()
    except OSError:
        return None if os.path.exists(os.path.join(HOME, client, "ready")) else "it was not built"


def main():
    wanted = sys.argv[1:] or list(CLIENTS)
    unknown = [w for w in wanted if w not in CLIENTS]
    if unknown:
        raise SystemExit(f"check-runtimes: no client {unknown[0]}; there are {', '.join(CLIENTS)}")
    passed = failed = skipped = 0
    for client in wanted:
        reason = why_not(client)
        for name, story in STORIES.items():
            handler = CLIENTS[client][1 if story.get("streams") else 0]
            no = reason or (None if handler else "its client library cannot stream")
            if not no and story.get("restores") and client not in RESTORING:
                no = "its client library does not ask for restore/next"
            if no:
                print(f"skip  {client}: {name}: {no}", flush=True)
                skipped += 1
                continue
            start = time.monotonic()
            try:
                n = tell(client, name, story, handler)
                passed += 1
                print(f"ok    {client}: {name}: {n} invocations, {time.monotonic() - start:.1f} s", flush=True)
            except (Failure, subprocess.TimeoutExpired, OSError, KeyError) as e:
                failed += 1
                print(f"FAIL  {client}: {name}: {e} (see {os.path.join(HOME, client, 'run')})", flush=True)
    print(f"runtimes: {passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or (skipped and os.environ.get("RUNTIMES_MUST")) else 0


if __name__ == "__main__":
    sys.exit(main())
