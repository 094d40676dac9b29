"""The benchmarks: every figure beside its budget, ratios against yardsticks measured in the same run.

bench.py [SECTION...] runs some of them: linked, startup, memory, flood, delay, shutdown, idle, programs.  With --gate a budget that is
missed is a failure.  What is measured is the static program of the layer where it has been built, since that is what runs in Lambda;
SCENARIOS_BINARY names another.
"""
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "scenarios"))

STARTUP_RUNS = 31
DELAY_INVOCATIONS = 40
WARM = 25
BUFFER_MS = 25  # what nightjar asks the platform for, and the least there is
FLOOD_MB = 48
QUEUE_MB = 4
IDLE_S = 3.0
SETTLE_S = 7.0
LINKED_FLOOD_MB = 16
LINKED_ROUNDS = 3
ZIP_MAX = 2_000_000
ARCH = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())


class Bench:
    def __init__(self, build):
        self.build = build
        self.dir = os.path.join(build, "bench-run")
        self.dynamic = os.path.join(build, "nightjar")
        self.static = os.path.join(os.environ.get("LAYER_DIR", os.path.join("build", "layer")), str(ARCH), "opt", "extensions", "nightjar")
        usual = self.static if os.path.exists(self.static) else self.dynamic
        self.nightjar = os.path.abspath(os.environ.get("SCENARIOS_BINARY", usual))
        self.minimal = os.path.join(build, "bench", "minimal_extension")
        self.rows = []
        self.over = 0

    def row(self, what, value, budget="", good=None):
        verdict = "" if good is None else "ok" if good else "OVER"
        self.over += good is False
        print(f"{what:<58}{value:>22}  {budget:<26}{verdict}", flush=True)

    def title(self, text):
        print(f"\n{text}", flush=True)

    def program(self, name):
        return os.path.join(self.build, name)


class Sandbox:
    """A run of the emulator with one extension and, unless told otherwise, a capture sink."""

    def __init__(self, bench, extension, events, env=None, arguments=(), plan=None, sink=True, telemetry_log=False):
        self.dir = bench.dir
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        env = dict(env or {})
        env.setdefault("NIGHTJAR_LOG_LEVEL", "info")  # the last ledger is told at that level
        self.sink = None
        if sink:
            self.start_sink(bench, plan)
            env.setdefault("NIGHTJAR_SINK", f"http://127.0.0.1:{self.port}/in")
        with open(self.path("script"), "w", encoding="utf-8") as f:
            f.writelines(json.dumps(e) + "\n" for e in events)
        command = [bench.program("lambda-emulator"), "--extension", extension, "--script", self.path("script"), "--report",
                   self.path("report"), "--extension-log", self.path("extension.log"), "--quiet", *arguments]
        for key, value in env.items():
            command += ["--env", f"{key}={value}"]
        if telemetry_log:
            command += ["--telemetry-log", self.path("telemetry")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        self.name = os.path.basename(extension)

    def path(self, name):
        return os.path.join(self.dir, name)

    def start_sink(self, bench, plan):
        command = [bench.program("capture-sink"), "--dir", self.path("sink"), "--port-file", self.path("port")]
        if plan:
            with open(self.path("plan"), "w", encoding="utf-8") as f:
                f.write(plan)
            command += ["--plan", self.path("plan")]
        self.sink = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 10
        while not os.path.exists(self.path("port")):
            if time.monotonic() > until or self.sink.poll() is not None:
                raise SystemExit("bench: the capture sink did not start")
            time.sleep(0.005)
        with open(self.path("port"), encoding="utf-8") as f:
            self.port = f.read().strip()

    def pid(self):
        """Of the extension, once it runs."""
        until = time.monotonic() + 10
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children", encoding="utf-8") as f:
                    children = f.read().split()
            except OSError:
                break
            for child in children:
                try:
                    with open(f"/proc/{child}/cmdline", encoding="utf-8") as f:
                        if os.path.basename(f.read().split("\0")[0]) == self.name:
                            return int(child)
                except OSError:
                    pass
            time.sleep(0.01)
        raise SystemExit("bench: the extension is not there")

    def end(self):
        """The report, after everything is over."""
        status = self.process.wait(300)
        if self.sink:
            self.sink.terminate()
            self.sink.wait(10)
        if status != 0:
            raise SystemExit(f"bench: the emulator left with {status}; see {self.dir}")
        with open(self.path("report"), encoding="utf-8") as f:
            self.report = json.load(f)
        self.extension = next(e for e in self.report["extensions"] if e["name"] == self.name)
        return self.report

    def ledger(self):
        with open(self.path("extension.log"), encoding="utf-8", errors="replace") as f:
            for line in f:
                if '"NJ1900"' in line and "ledger" in line:
                    return json.loads(line[line.index("{"):])["ledger"]
        raise SystemExit(f"bench: nightjar left no ledger; see {self.dir}")


def event(path, gap=0):
    return {"event": {"rawPath": path}, "gapMs": gap, "expect": "success"}


def status_of(pid):
    """The kB figures of /proc/PID/status."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return {k: int(v) for k, v in re.findall(r"^(\w+):\s*(\d+) kB", f.read(), re.M)}


def is_static(program):
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return "not a dynamic" in said.stderr or "statically linked" in said.stdout


def switches(pid):
    """Voluntary context switches of all threads: each is one wake-up."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/status", encoding="utf-8") as f:
            total += int(re.search(r"^voluntary_ctxt_switches:\s*(\d+)", f.read(), re.M).group(1))
    return total


# --- the sections -----------------------------------------------------------------------------------------------------

class Undisturbed:
    """Where the system lets us, what is started within runs before all other work: that of others is not to be measured."""

    def __enter__(self):
        self.before = os.sched_getscheduler(0), os.sched_getparam(0)
        try:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
        except OSError:
            pass

    def __exit__(self, *_):
        os.sched_setscheduler(0, *self.before)


def startup(b):
    b.title(f"Start-up: exec to the first event/next, {STARTUP_RUNS} runs each, taken in turns; ratio of the lower quartiles")
    times = {b.minimal: [], b.nightjar: []}
    with Undisturbed():
        for _ in range(STARTUP_RUNS):
            for extension, out in times.items():
                s = Sandbox(b, extension, [event("/search?q=x")], env={"NIGHTJAR_SINK": f"file://{b.dir}/out"}, sink=False)
                s.end()
                out.append(s.extension["execToNextMs"])
    # What disturbs a run makes it longer, and the longer of the two programs oftener.
    floor, mine = (statistics.quantiles(times[e])[0] for e in (b.minimal, b.nightjar))
    b.row("  smallest possible extension (static, no library)", f"{floor:.2f} ms (median {statistics.median(times[b.minimal]):.2f})")
    b.row("  nightjar", f"{mine:.2f} ms (median {statistics.median(times[b.nightjar]):.2f})")
    static = is_static(b.nightjar)
    b.row("  ratio" + ("" if static else " (this build is linked dynamically)"), f"{mine / floor:.2f} x", "<= 1.5 x, static build",
          mine / floor <= 1.5 if static else None)


def after_init(b, nightjar):
    """Resident kB, in all and its own, half a second after init."""
    s = Sandbox(b, nightjar, [event("/search?q=x"), event("/search?q=x", 800)])
    pid = s.pid()
    time.sleep(0.5)
    now = status_of(pid)
    s.end()
    return now["VmRSS"], now["RssAnon"]


def memory(b):
    b.title("Memory after init")
    all_of_it, own = after_init(b, b.nightjar)
    static = is_static(b.nightjar)
    b.row("  resident", f"{all_of_it / 1024:.1f} MB", "<= 4 MB, static build", all_of_it <= 4096 if static else None)
    b.row("  of that, nightjar's own (not files of libraries)", f"{own / 1024:.1f} MB", "<= 4 MB", own <= 4096)


def zlib_seconds(data):
    """CPU of zlib level 1 alone, fed in pieces of 64 KiB as nightjar feeds it."""
    best = None
    for _ in range(3):
        start = time.process_time()
        z = zlib.compressobj(1, zlib.DEFLATED, 31)
        for at in range(0, len(data), 65536):
            z.compress(data[at:at + 65536])
        z.flush()
        took = time.process_time() - start
        best = took if best is None else min(best, took)
    return best


def sample_of(path):
    """A million bytes from the middle."""
    with open(path, "rb") as f:
        f.seek(max(os.path.getsize(path) // 2 - 500000, 0))
        return f.read(1000000)


def flood_bytes(telemetry):
    """The function's log bytes of a telemetry log."""
    out = []
    with open(telemetry, encoding="utf-8", errors="replace") as f:
        for line in f:
            if '"type":"function"' in line[:80]:
                record = json.loads(line)["record"]
                out.append(record if isinstance(record, str) else json.dumps(record, separators=(",", ":")) + "\n")
    return "".join(out).encode(errors="replace")


def flood_run(b, codec, log_format, mb, telemetry_log=False, nightjar=None):
    s = Sandbox(b, nightjar or b.nightjar, [event("/search?q=x"), event(f"/flood?mb={mb}", 50)] if mb else [event("/search?q=x"), event("/search?q=x", 50)],
                env={"NIGHTJAR_COMPRESS": codec, "NIGHTJAR_QUEUE_BYTES": f"{QUEUE_MB}m"},
                arguments=["--timeout", "200", "--memory", "512", "--log-format", log_format], telemetry_log=telemetry_log)
    s.end()
    return s


def flood(b):
    b.title(f"A flood of {FLOOD_MB} MB of function logs")
    for log_format in ("Text", "JSON"):
        base = flood_run(b, "gzip", log_format, 0).extension["cpuMs"]
        yardstick = None
        for codec, budget in (("gzip", 2.0), ("zstd", 1.0)):
            s = flood_run(b, codec, log_format, FLOOD_MB, telemetry_log=yardstick is None)
            if yardstick is None:
                data = flood_bytes(s.path("telemetry"))
                mb = len(data) / 1e6
                yardstick = zlib_seconds(data) * 1000 / mb
                b.row(f"  {log_format}: zlib level 1 alone, CPU per MB", f"{yardstick:.2f} ms ({1000 / yardstick:.0f} MB/s)")
                del data
            mine = (s.extension["cpuMs"] - base) / mb
            b.row(f"  {log_format}: nightjar with {codec}, CPU per MB", f"{mine:.2f} ms")
            b.row(f"  {log_format}: ratio with {codec}", f"{mine / yardstick:.2f} x", f"<= {budget:.0f} x", mine / yardstick <= budget)
            peak = s.extension["peakMemoryKB"] / 1024
            b.row(f"  {log_format}: peak memory with {codec}, queue {QUEUE_MB} MB", f"{peak:.1f} MB", f"<= {QUEUE_MB + 8} MB, static build",
                  None if peak > QUEUE_MB + 8 else True)
            ledger = s.ledger()
            out = ledger["sinks"]["default"]
            lost = sum(out["dropped"].values())
            b.row(f"  {log_format}: records delivered / dropped", f"{out['delivered']} / {lost}")
            b.row(f"  {log_format}: MB through the disk", f"{out.get('spill', {}).get('bytes', 0) / 1e6:.1f}")
            if codec == "gzip":
                encoded = out["bytes"] / max(out["delivered"], 1) * ledger["offered"] / 1e6  # MB of all records
                share = zlib_seconds(sample_of(s.path("sink/records.ndjson"))) * 1000 * encoded / mb
                b.row(f"  {log_format}: records are larger than log lines by", f"{encoded / mb:.1f} x")
                b.row(f"  {log_format}: zlib level 1 on the records, per MB of logs", f"{share:.2f} ms ({share / mine:.0%} of nightjar)")


def delay(b):
    """nightjar learns of the end from platform.runtimeDone, which the platform keeps for BUFFER_MS (the least it takes) counted from the
    first record of the invocation; the gap between the invocations is longer, so that no earlier record shortens that."""
    b.title(f"End of an invocation to event/next, sink answering in 1 ms, median of the last {DELAY_INVOCATIONS - WARM} of {DELAY_INVOCATIONS}")
    events = [event("/account?user=1", 4 * BUFFER_MS) for _ in range(DELAY_INVOCATIONS)]
    rows = [("smallest possible extension", b.minimal, {}, None), ("nightjar, NIGHTJAR_FLUSH=end", b.nightjar, {"NIGHTJAR_FLUSH": "end"}, 5.0),
            ("nightjar, NIGHTJAR_FLUSH=auto, warm", b.nightjar, {"NIGHTJAR_FLUSH": "auto"}, 1.0)]
    for text, extension, env, budget in rows:
        s = Sandbox(b, extension, events, env=env, plan='{"always":true,"delayMs":1}\n')
        s.end()
        took = [i["runtimeMs"] for i in s.report["invocations"]][WARM:]
        tail = s.extension["overheadMs"][WARM:]
        if env.get("NIGHTJAR_FLUSH") == "end":
            b.row("  " + text + ", in all", f"{statistics.median(tail):.2f} ms (max {max(tail):.1f})")
            text += f", less the platform's {BUFFER_MS} ms"
            tail = [max(0.0, whole - max(0.0, BUFFER_MS - runtime)) for whole, runtime in zip(tail, took)]
        middle = statistics.median(tail)
        b.row("  " + text, f"{middle:.2f} ms (max {max(tail):.1f})", f"<= {budget:.0f} ms" if budget else "", middle <= budget if budget else None)


def shutdown(b):
    b.title("Records lost at SHUTDOWN with the sink up, 2,000 lines written just before")
    for deadline in ("2s", "300ms"):
        s = Sandbox(b, b.nightjar, [event("/search?q=x"), event("/log?text=the+last+words+of+a+sandbox&repeat=2000", 30)],
                    env={"NIGHTJAR_FLUSH": "60s"}, arguments=["--shutdown-deadline", deadline])
        s.end()
        ledger = s.ledger()
        lost = sum(sum(o["dropped"].values()) for o in ledger["sinks"].values())
        spilled = sum(o["spilled"] for o in ledger["sinks"].values())
        b.row(f"  with {deadline}", f"{lost} of {ledger['offered']}", "0", lost == 0)
        b.row(f"  with {deadline}: left on disk", f"{spilled}", "0 at 2s", None if deadline != "2s" else spilled == 0)
        b.row(f"  with {deadline}: time left at exit", f"{s.extension['exit']['msBeforeDeadline']:.0f} ms")


def idle(b):
    b.title("Wake-ups while nothing happens (not frozen)")
    s = Sandbox(b, b.nightjar, [event("/search?q=x"), event("/search?q=x", int((SETTLE_S + IDLE_S) * 1000) + 1000)], arguments=["--no-freeze"])
    pid = s.pid()
    time.sleep(SETTLE_S)  # the last report is delivered, batches have reached their age
    before = switches(pid)
    time.sleep(IDLE_S)
    count = switches(pid) - before
    s.end()
    b.row(f"  in {IDLE_S:.0f} s", str(count), "0", count == 0)


def redaction_data(b):
    """Some other lines of each kind, made in a few seconds."""
    where = os.path.join(b.build, "bench", "redaction")
    script = os.path.join(HERE, "..", "redaction", "bench_data.py")
    subprocess.run([sys.executable, "-B", script, where], check=True)
    return where


def programs(b):
    """bench_*.c of the modules: each prints its own lines."""
    runs = {"bench_redact": lambda: [[redaction_data(b)]], "bench_proxy": lambda: [[], ["--one-processor"], *([["--apart"]] if os.cpu_count() > 1 else [])]}
    names = sorted(f[:-2] for f in os.listdir(HERE) if f.startswith("bench_") and f.endswith(".c"))
    for name in names:
        path = os.path.join(b.build, "bench", name)
        b.title(name)
        if not os.access(path, os.X_OK):
            b.row("  not built", "")
            continue
        for arguments in runs.get(name, lambda: [[]])():
            if arguments and arguments[0].startswith("-"):
                b.title(" ".join([name, *arguments]))
            status = subprocess.run([path, *arguments], check=False).returncode
            if status != 0:
                b.row("  left with status", str(status), "0", False)


def linked(b):
    """The two ways nightjar is linked, in turns: what the layer has, and what make leaves in the build folder."""
    b.title("Static against dynamic, in turns")
    if not os.path.exists(b.static):
        b.row("  left out: there is no static program; make layer builds it", "")
        return
    ways = [os.path.abspath(b.static), os.path.abspath(b.dynamic)]
    found = {w: {"next": [], "cpu": [], "peak": []} for w in ways}
    for _ in range(STARTUP_RUNS):
        for w in ways:
            s = Sandbox(b, w, [event("/search?q=x")], env={"NIGHTJAR_SINK": f"file://{b.dir}/out"}, sink=False)
            s.end()
            found[w]["next"].append(s.extension["execToNextMs"])
    for _ in range(LINKED_ROUNDS):
        for w in ways:
            base = flood_run(b, "zstd", "JSON", 0, nightjar=w).extension["cpuMs"]
            e = flood_run(b, "zstd", "JSON", LINKED_FLOOD_MB, nightjar=w).extension
            found[w]["cpu"].append((e["cpuMs"] - base) / LINKED_FLOOD_MB)
            found[w]["peak"].append(e["peakMemoryKB"] / 1024)
    resident = {w: after_init(b, w) for w in ways}

    def pair(what, unit, values, digits):
        mine, other = values
        b.row("  " + what, f"{mine:.{digits}f} / {other:.{digits}f} {unit}", f"{mine / other:.2f} x")

    pair("exec to the first event/next, median", "ms", [statistics.median(found[w]["next"]) for w in ways], 2)
    pair("resident after init", "MB", [resident[w][0] / 1024 for w in ways], 1)
    pair("of that, its own", "MB", [resident[w][1] / 1024 for w in ways], 1)
    pair(f"CPU per MB of logs, {LINKED_FLOOD_MB} MB, zstd, best of {LINKED_ROUNDS}", "ms", [min(found[w]["cpu"]) for w in ways], 2)
    pair("peak memory in that flood", "MB", [max(found[w]["peak"]) for w in ways], 1)
    pair("size of the program", "MB", [os.path.getsize(w) / 1e6 for w in ways], 2)
    archive = os.path.join("build", f"nightjar-layer-{ARCH}.zip")
    if os.path.exists(archive):
        size = os.path.getsize(archive)
        b.row("  the layer, zipped", f"{size} bytes", f"<= {ZIP_MAX}", size <= ZIP_MAX)


SECTIONS = [linked, startup, memory, flood, delay, shutdown, idle, programs]


def main():
    gate = "--gate" in sys.argv
    wanted = [a for a in sys.argv[1:] if a != "--gate"]
    known = [s.__name__ for s in SECTIONS]
    if any(w not in known for w in wanted):
        raise SystemExit(f"bench: sections are {', '.join(known)}")
    b = Bench(os.path.abspath(os.environ.get("BUILD", "build")))
    print(f"of {os.path.relpath(b.nightjar)}, linked {'statically' if is_static(b.nightjar) else 'dynamically'}\n")
    print(f"{'what':<60}{'measured':>20}  {'budget':<26}")
    for section in SECTIONS:
        if not wanted or section.__name__ in wanted:
            section(b)
    shutil.rmtree(b.dir, ignore_errors=True)
    print(f"\n{b.over} over budget" if b.over else "\nnothing over budget")
    return 1 if gate and b.over else 0


if __name__ == "__main__":
    sys.exit(main())
