"""Prints records, ledgers and what was redacted, for people: coloured on a terminal, plain elsewhere, cut to its width."""
import json
import os
import re
import shutil
import sys

COLOURS = {"dim": "2", "bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
SEVERITY = {"ERROR": "red", "FATAL": "red", "WARN": "yellow", "DEBUG": "dim", "TRACE": "dim"}
SEVERE = ("WARN", "ERROR", "FATAL")
PLAIN_WIDTH = 130
EVENT_WIDTH = 22

CONSOLE = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z\s+\S+\s+(?:DEBUG|INFO|WARN|ERROR)\s+")  # what the runtime puts before each line
REDACTED = re.compile(r"(\[[a-z][a-z_0-9]*(?:-\w+)?\])")
SAID_ALREADY = ("time", "timestamp", "level", "requestId", "message")


class Screen:
    def __init__(self, out=sys.stdout):
        self.out = out
        self.terminal = out.isatty() and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ
        self.width = shutil.get_terminal_size().columns if out.isatty() else int(os.environ.get("COLUMNS", PLAIN_WIDTH))

    def paint(self, text, colour):
        return f"\x1b[{COLOURS[colour]}m{text}\x1b[0m" if self.terminal and colour else text

    def line(self, *parts):
        """Parts are texts or (text, colour); the line is cut to the width."""
        parts = [p if isinstance(p, tuple) else (p, None) for p in parts]
        cut = sum(len(text) for text, _ in parts) > self.width
        left = self.width - cut
        done = []
        for text, colour in parts:
            done.append(self.paint(text[:left], colour) if left > 0 else "")
            left -= len(text)
        print("".join(done).rstrip() + ("…" if cut else ""), file=self.out)

    def title(self, text):
        print(file=self.out)
        self.line((text, "bold"))
        self.line(("─" * min(len(text), self.width), "dim"))


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def show_whole(screen, record):
    """A record over several lines, one for each of its members."""
    for i, (key, value) in enumerate(record.items()):
        start = "{" if i == 0 else " "
        end = "}" if i == len(record) - 1 else ","
        text = compact(value)
        first = True
        room = max(screen.width - 16, 40)
        while text:  # wrapped at commas where there is one
            cut = len(text) if len(text) <= room else max(text.rfind(",", 0, room) + 1, 0) or room
            head = f"{start}{compact(key) + ':':<12} " if first else " " * 14
            screen.line((head, "cyan"), text[:cut] + (end if cut == len(text) else ""))
            text, first = text[cut:], False


def marked(text, colour=None):
    """The text in parts, what the redaction put there in green."""
    return [(part, "green" if i % 2 else colour) for i, part in enumerate(REDACTED.split(text)) if part]


def show_record(screen, record):
    """One line: the end of long names goes first, then what another column says, then what does not fit."""
    what = record["what"]
    severity = what.get("severity", "")
    request = record.get("where", {}).get("faas.invocation_id", "")
    message = CONSOLE.sub("", record.get("message", "")).replace("\n", " ").replace("\t", " ").strip()
    if request:
        message = message.replace(request, request[:8])
    data = record.get("data") if what.get("category") != "platform" else None
    if data:
        data = {k: v for k, v in data.items() if k not in SAID_ALREADY and v != message}
    event = what["event"] if len(what["event"]) <= EVENT_WIDTH else what["event"][:EVENT_WIDTH - 1] + "…"
    screen.line((record["when"][11:23], "dim"), " ", (f"{severity:<5}", SEVERITY.get(severity)), " ", (f"{event:<{EVENT_WIDTH}}", "cyan"), " ",
                (f"{request[:8]:<8}", "dim"), " ", *marked(message), *([" "] + marked(compact(data), "dim") if data else []))


def show_records(screen, records):
    for i, record in enumerate(records):
        if i and record["what"]["event"] in ("platform.start", "nightjar.start"):
            print(file=screen.out)
        show_record(screen, record)


def findings(records):
    """(record, who it was) of all that is derived and worth a warning"""
    plain = ("platform", "log", "input", "response", "ledger", "alert")
    for record in records:
        what, who, data = record["what"], record.get("who", {}), record.get("data", {})
        attack = data.get("nightjar.security") is True
        if what["severity"] not in SEVERE or (what["category"] in plain and not attack) or what["event"].startswith("sys_"):
            continue
        yield record, " ".join(filter(None, (who.get("client.address"), who.get("enduser.pseudo.id"))))


def show_findings(screen, records):
    """What was judged, not only written down; of several alike, one after the other, the first two."""
    same, last, skipped = 0, None, 0
    for record, who in [*findings(records), (None, "")]:
        alike = record and (record["what"]["event"], record["message"])
        same = same + 1 if alike == last else 1
        if alike != last and skipped:
            screen.line((f"  {'':<36}and {skipped} more like these", "dim"))
        skipped = skipped + 1 if alike == last and same > 2 else 0
        last = alike
        if record is None or same > 2:
            continue
        what = record["what"]
        screen.line("  ", (f"{what['severity']:<5}", SEVERITY[what["severity"]]), " ", (f"{what['event']:<29}", "cyan"), " ",
                    record["message"], (f"  {who}" if who else "", "dim"))


def add(total, more):
    for key, value in more.items():
        if isinstance(value, dict):
            add(total.setdefault(key, {}), value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            total[key] = total.get(key, 0) + value
    return total


def show_ledgers(screen, ledgers):
    """The ledgers of the sandboxes side by side, and their sum; true when every one balances."""
    total = {}
    for one in ledgers:
        add(total, one)
    columns = ledgers + ([total] if len(ledgers) > 1 else [])
    names = [f"run {i + 1}" for i in range(len(ledgers))] + (["sum"] if len(ledgers) > 1 else [])

    def row(label, get, colour=None):
        values = [get(c) for c in columns]
        if any(values) or colour:
            screen.line((f"{label:<44}", colour), *[(f"{v:>10}", colour) for v in values])

    screen.line((f"{'records':<44}" + "".join(f"{n:>10}" for n in names), "dim"))
    for key in sorted({k for c in columns for k in c["counters"] if k.startswith("received_")}):
        row("  received, " + key[9:].replace("_", " "), lambda c, k=key: c["counters"].get(k, 0))
    row("received", lambda c: c["received"], "bold")
    row("  filtered", lambda c: c["filtered"])
    row("  lost", lambda c: c["lost"])
    row("offered to the sinks", lambda c: c["offered"], "bold")
    for sink in sorted({s for c in columns for s in c["sinks"]}):
        get = lambda c, s=sink: c["sinks"].get(s, {})
        row(f"  {sink}: delivered", lambda c: get(c).get("delivered", 0), "green")
        row(f"  {sink}: dropped", lambda c: sum(get(c).get("dropped", {}).values()))
        row(f"  {sink}: not wanted", lambda c: get(c).get("unwanted", 0))
        row(f"  {sink}: still held", lambda c: get(c).get("held", 0))
        row(f"  {sink}: on disk", lambda c: get(c).get("spilled", 0))
        row(f"  {sink}: batches / attempts", lambda c: f"{get(c).get('batches', 0)}/{get(c).get('attempts', 0)}")
        row(f"  {sink}: bytes", lambda c: get(c).get("bytes", 0))
        row(f"  {sink}: bytes sent", lambda c: get(c).get("bytes_sent", 0))
    good = all(one.get("balanced") is True for one in ledgers) and bool(ledgers)
    screen.line(("it balances: received = delivered + dropped + filtered + lost + held + on disk" if good else "IT DOES NOT BALANCE",
                 "green" if good else "red"))
    return good


def show_redacted(screen, records):
    totals = {}
    touched = 0
    for record in records:
        touched += bool(record.get("redacted"))
        add(totals, record.get("redacted") or {})
    for rule, count in sorted(totals.items(), key=lambda x: (-x[1], x[0])):
        screen.line(f"  {rule:<28}{count:>6}")
    screen.line(f"  in {touched} of {len(records)} records")
    return sum(totals.values())
