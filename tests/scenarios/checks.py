"""What is asserted in every scenario, and the declarative part of expect.json."""
import json
import os
import re
import subprocess
import tempfile
import zlib

import attributes
from match import ABSENT, fits, fits_all, lookup

RECORD_KEYS = ["when", "what", "who", "where", "message", "data", "redacted", "redaction", "id", "seq", "chain"]
WHEN = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}(\d{3})?Z$")
ORIGINS = ["platform", "function", "extension"]
SHORTEST_SECRET = 8


def check_all(run):
    check_exits(run)
    check_ledgers(run)
    check_delivered(run)
    check_received(run)
    check_summaries(run)
    check_secrets(run)
    check_form(run)
    check_attributes(run)
    check_chain(run)
    check_diagnostics(run)
    check_expected(run)


VERIFIED = re.compile(r"(\d+) records in .*?(\d+) missing, (\d+) altered")


def check_chain(run):
    """What is stored is what was delivered: nightjar verify misses no more than the ledgers say was dropped or left on disk, and finds
    nothing altered."""
    sinks = [sink for one in run.ledgers for sink in one.get("sinks", {}).values()]
    dropped = sum(sum(sink.get("dropped", {}).values()) + sink["spilled"] for sink in sinks)
    for name, stored in streams_of(run):
        with stored:
            os.lseek(stored.fileno(), 0, os.SEEK_SET)  # where the program begins to read; Python has read ahead
            out = subprocess.run([run.tools.nightjar, "verify", "--quiet"], stdin=stored, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=dict(os.environ, NIGHTJAR_PSEUDONYM_KEY=run.environment["NIGHTJAR_PSEUDONYM_KEY"]))
        found = VERIFIED.search(out.stdout.decode())
        nothing = found and found.group(1) == "0" and not run.records
        told = run.ledgers and not run.expected.get("killed")  # a ledger for all that was dropped
        good = found and int(found.group(3)) == 0 and (not told or int(found.group(2)) <= dropped)
        run.expect(good or nothing, f"nightjar verify of {name}, {dropped} dropped", out.stdout.decode() + out.stderr.decode())


def streams_of(run):
    """(name, open file) of what each sink stored.  One alone is read where it lies: a flood is hundreds of megabytes."""
    where = run.expected.get("sink", "capture")
    paths = sorted({q["path"] for q in run.requests if q["taken"]})
    stored = run.stored_at()
    if where == "none" or (where != "stdout" and not stored) or (where == "capture" and not paths):
        return
    if where == "file" or (where == "capture" and len(paths) == 1):
        yield where, open(stored, "rb")
        return
    lines = list(run.raw_records())
    for path in paths or ["stdout"]:
        own = tempfile.TemporaryFile()
        for q in run.requests:
            if q["taken"] and q["path"] == path:
                own.writelines(line + b"\n" for line in lines[q["first"]:q["first"] + q["records"]])
        if not paths:
            own.writelines(line + b"\n" for line in lines)
        own.seek(0)
        content = own.read()
        if b'"chain":"' in content and not content.startswith(b'{"text":'):  # alerts to a webhook are no stream of records
            yield path, own


# --- nightjar and the sandbox -----------------------------------------------------------------------------------------

def nightjars(run):
    return [e for e in run.report.get("extensions", []) if e.get("name") == os.path.basename(run.tools.nightjar)]


def check_exits(run):
    run.expect(run.emulator_status == 0, f"the emulator left with status {run.emulator_status}",
               run.report.get("problems") or tail_of(run, "emulator.log"))
    want = run.expected.get("nightjar_exit", 0)
    processes = nightjars(run)
    count = run.expected.get("processes", 1)
    run.expect(fits(len(processes), count), f"{len(processes)} nightjar processes, expected {count}", processes)
    killed = [p for p in processes if run.expected.get("killed") and p.get("exit", {}).get("signal") == 9]
    run.expect(len(killed) == run.expected.get("killed", 0), f"{len(killed)} of them were killed by the script", processes)
    for p in processes:
        if p in killed:
            continue
        left = p.get("exit", {})
        good = p.get("killed") is True if want == "killed" else left.get("code") == want and not p.get("killed")
        run.expect(good, f"nightjar left otherwise than expected ({want})", p)
    limit = run.expected.get("max_rss_mb")
    peak = max((p.get("peakMemoryKB", 0) for p in processes), default=0)
    if limit is not None and not run.tools.sanitized:
        run.expect(0 < peak <= limit * 1024, f"nightjar's memory peaked at {peak / 1024:.1f} MB; {limit} MB are allowed")


def tail_of(run, name, lines=25):
    return "\n".join(run.file_text(name).splitlines()[-lines:])


# --- the ledger -------------------------------------------------------------------------------------------------------

def balance_errors(ledger):
    """Adds up a ledger independently of its own word."""
    out = []
    counters = ledger.get("counters", {})
    sums = {g: sum(v for k, v in counters.items() if k.startswith(g + "_")) for g in ("received", "filtered", "lost")}
    for group, total in sums.items():
        if group == "received" and total != ledger.get("received"):
            out.append(f"received is {ledger.get('received')}, its counters add up to {total}")
    if sums["received"] != ledger.get("offered", 0) + sums["filtered"] + sums["lost"]:
        out.append(f"received {sums['received']} is not offered {ledger.get('offered')} + filtered {sums['filtered']} + lost {sums['lost']}")
    for name, sink in ledger.get("sinks", {}).items():
        dropped = sum(sink.get("dropped", {}).values())
        if sink["offered"] != sink["delivered"] + dropped + sink["unwanted"] + sink["held"] + sink["spilled"]:
            out.append(f"sink {name}: offered {sink['offered']} is not delivered {sink['delivered']} + dropped {dropped}"
                       f" + unwanted {sink['unwanted']} + held {sink['held']} + spilled {sink['spilled']}")
        earlier = sink.get("recovered", {"records": 0, "delivered": 0, "dropped": 0, "held": 0})
        if earlier["records"] != earlier["delivered"] + earlier["dropped"] + earlier["held"]:
            out.append(f"sink {name}: what was recovered does not balance: {earlier}")
    if ledger.get("balanced") is not True:
        out.append("it says of itself that it does not balance")
    return out


def check_ledgers(run):
    count = run.expected.get("processes", 1)
    if run.expected.get("killed"):
        count -= run.expected["killed"]
    count = run.expected.get("ledgers", count)
    run.expect(fits(len(run.ledgers), count), f"{len(run.ledgers)} final ledgers (NJ1900), expected {count}",
               tail_of(run, "extension.log", 12))
    if run.diagnostics and count:
        run.expect(run.diagnostics[-1].get("code") == "NJ1900", "the last diagnostic is not NJ1900", run.diagnostics[-1])
    for ledger in run.ledgers:
        for error in balance_errors(ledger):
            run.expect(False, "a final ledger does not balance: " + error, ledger)
        for name, sink in ledger.get("sinks", {}).items():
            run.expect(sink["held"] == 0, f"sink {name} holds {sink['held']} records at the end", ledger)
    for record in run.records:
        if lookup(record, "what.event") == "nightjar.ledger":
            for error in balance_errors(record.get("data", {})):
                run.expect(False, "a nightjar.ledger record does not balance: " + error, record)


def ids_at(run, path):
    if path is None:
        return [r.get("id") for r in run.records]
    return [r.get("id") for q in run.requests if q["path"].split("?")[0] == path for r in run.of_request(q)]


def check_delivered(run):
    if run.expected.get("sink", "capture") == "none" or not run.ledgers:
        return
    paths = run.expected.get("sinks")
    names = sorted({name for one in run.ledgers for name in one.get("sinks", {})})
    if paths is None:
        run.expect(len(names) == 1, f"expect.json must map the sinks {names} to paths")
    for name in names:
        if paths and paths.get(name) == "elsewhere":
            continue  # check.py asks there
        sinks = [one["sinks"].get(name, {}) for one in run.ledgers]
        delivered = sum(sink.get("delivered", 0) + sink.get("recovered", {}).get("delivered", 0) for sink in sinks)
        ids = set(ids_at(run, paths.get(name) if paths else None))
        more = run.expected.get("sink_may_hold_more") or run.expected.get("killed")
        good = len(ids) >= delivered if more else len(ids) == delivered
        run.expect(good, f"sink {name}: the ledger says {delivered} delivered, there are {len(ids)} distinct ids")


def telemetry_totals(run):
    """{origin: {delivered, duplicated, dropped, ...}}, what the emulator says of nightjar's subscriptions."""
    out = {origin: {} for origin in ORIGINS}
    for subscriber in run.report.get("telemetry", []):
        if subscriber["subscriber"] == os.path.basename(run.tools.nightjar):
            for kind, counts in subscriber["totals"].items():
                total = out[kind.split(".")[0]]
                for name, n in counts.items():
                    total[name] = total.get(name, 0) + n
    return out


def check_received(run):
    if run.expected.get("no_telemetry") or run.expected.get("killed"):
        return
    totals = telemetry_totals(run)
    for origin in ORIGINS:
        sent = totals[origin].get("delivered", 0) + totals[origin].get("duplicated", 0)
        got = run.ledger_sum(f"counters.received_{origin}")
        if run.hook("received"):
            got = run.hook("received")(run, origin, got)
        run.expect(got == sent, f"the emulator delivered {sent} {origin} records (copies included), nightjar received {got}",
                   {"emulator": totals, "counters": [one.get("counters") for one in run.ledgers]})
        lost = totals[origin].get("dropped", 0)
        run.expect(run.expected.get("losses") or not lost, f"the emulator dropped {lost} {origin} records", totals)


def check_summaries(run):
    """One invocation.summary for each invocation: never two, and one where nothing was lost on the way."""
    seen = {}
    for record in run.records:
        if lookup(record, "what.event") == "invocation.summary":
            seen.setdefault(lookup(record, "where.faas.invocation_id"), set()).add(record["id"])
    twice = [request for request, records in seen.items() if len(records) != 1]
    run.expect(not twice, "more than one invocation.summary for an invocation", twice[:3])
    whole = run.ledgers and not run.expected.get("no_telemetry") and run.expected.get("sink", "capture") != "none"
    whole = whole and "sinks" not in run.expected and run.expected.get("nightjar_exit", 0) == 0
    whole = whole and not sum(sum(s["dropped"].values()) + s["spilled"] for one in run.ledgers for s in one.get("sinks", {}).values())
    whole = whole and not run.ledger_sum("lost") and len(run.ledgers) == len(nightjars(run))
    missing = [i["requestId"] for i in run.report.get("invocations", []) if whole and i["requestId"] not in seen]
    run.expect(not missing, "an invocation without an invocation.summary", missing[:3])


# --- secrets ----------------------------------------------------------------------------------------------------------

def outputs(run):
    """(name, bytes) of everything that left nightjar."""
    folder = run.path("sink")
    for name in ("records.ndjson", "refused.ndjson"):
        yield from file_bytes(os.path.join(folder, name), "sink/" + name)
    bodies = os.path.join(folder, "bodies")
    for name in sorted(os.listdir(bodies)) if os.path.isdir(bodies) else []:
        for what, data in file_bytes(os.path.join(bodies, name), "sink/bodies/" + name):
            yield from opened(data, what)
    yield from file_bytes(run.path("out.ndjson"), "out.ndjson")
    yield from file_bytes(run.path("extension.log"), "nightjar's own output")
    for path in run.spilled():
        yield from opened(open(path, "rb").read(), "on disk/" + os.path.basename(path))
    for q in run.requests:
        rest = {k: v for k, v in q["headers"].items() if k != "authorization"}
        yield f"request {q['n']}", json.dumps([q["path"], rest]).encode()


def opened(data, name):
    """The bytes, and what they are without gzip, as much as there is of it."""
    yield name, data
    at = data.find(b"\x1f\x8b")
    try:
        if at >= 0:
            yield name + " (gzip)", zlib.decompressobj(31).decompress(data[at:])
    except zlib.error:
        pass


def file_bytes(path, name):
    if os.path.exists(path):
        with open(path, "rb") as f:
            yield name, f.read()


def check_secrets(run):
    needles = [(name, value.encode()) for name, value in run.tools.secrets.items() if len(value) >= SHORTEST_SECRET]
    needles.append(("NIGHTJAR_PSEUDONYM_KEY", run.key.encode()))
    allowed = set(run.expected.get("may_leak", []))
    for what, data in outputs(run):
        leaks = [name for name, value in needles if name.split(":")[0] not in allowed and value in data]
        if leaks:
            value = dict(needles)[leaks[0]]
            line = next(l for l in data.split(b"\n") if value in l)
            run.expect(False, f"secrets in {what}: {', '.join(leaks[:8])}", line[:600].decode(errors="replace"))


# --- form -------------------------------------------------------------------------------------------------------------

def check_form(run):
    wrong = 0
    for record in run.records:
        error = form_error(record)
        if error and (wrong := wrong + 1) <= 3:
            run.expect(False, "a record is not as it should be: " + error, json.dumps(record, ensure_ascii=False)[:600])


def form_error(r):
    if not isinstance(r, dict):
        return "no object"
    order = [RECORD_KEYS.index(k) for k in r if k in RECORD_KEYS]
    if len(order) != len(r):
        return f"unknown keys {[k for k in r if k not in RECORD_KEYS]}"
    if order != sorted(order):
        return f"order of keys {list(r)}"
    for key in ("when", "what", "where", "message", "id"):
        if key not in r:
            return f"{key} is missing"
    if not WHEN.match(r["when"]):
        return f"when is {r['when']}"
    for key in ("event", "category", "severity"):
        if not isinstance(r["what"].get(key), str) or not r["what"][key]:
            return f"what.{key} is {r['what'].get(key)!r}"
    if not isinstance(r["message"], str):
        return "message is no string"
    empty = [f"{part}.{k}" for part in ("who", "where") for k, v in r.get(part, {}).items() if v is None or v == ""]
    return f"unknown must be absent: {empty}" if empty else None


def check_attributes(run):
    for text, count in list(attributes.faults(run.records, run.environment).items())[:5]:
        run.expect(False, f"{text} ({count} records)")


# --- expect.json ------------------------------------------------------------------------------------------------------

def check_diagnostics(run):
    must = run.expected.get("diagnostics", [])
    may = run.expected.get("may_say", [])
    said = [d.get("code") for d in run.diagnostics]
    for code in must:
        run.expect(code in said, f"diagnostic {code} was expected and is not there", sorted(set(map(str, said))))
    odd = [d for d in run.diagnostics if d.get("nightjar") in ("error", "warn") and d.get("code") not in must + may]
    run.expect(not odd, "diagnostics that the scenario does not name", [json.dumps(d)[:300] for d in odd[:5]])


def check_expected(run):
    for name, values in (("records", run.records), ("requests", run.requests)):
        for want in run.expected.get(name, []):
            found = [v for v in values if fits_all(v, want["match"])]
            run.expect(fits(len(found), want.get("count", ">=1")),
                       f"{name}: {len(found)} match {json.dumps(want['match'])}, expected {want.get('count', '>=1')}",
                       nearest(values, want["match"]) if not found else None)
    for path, condition in run.expected.get("ledger", {}).items():
        total = run.ledger_sum(path)
        run.expect(fits(total, condition), f"ledger: {path} is {total}, expected {condition}", run.ledgers)
    for path, condition in run.expected.get("report", {}).items():
        value = lookup(run.report, path)
        run.expect(fits(value, condition), f"report: {path} is {'absent' if value is ABSENT else value}, expected {condition}")


def nearest(values, conditions):
    """Of what does not match, the one that fails in the fewest places, with these places."""
    best = None
    for v in values:
        wrong = {p: None if lookup(v, p) is ABSENT else lookup(v, p) for p, c in conditions.items() if not fits(lookup(v, p), c)}
        if best is None or len(wrong) < len(best):
            best = wrong
    return None if best is None else "closest one differs: " + json.dumps(best, ensure_ascii=False)[:600]
