"""Runs one scenario: a capture sink, the emulator with nightjar attached, and what they leave behind."""
import glob
import importlib.util
import json
import os
import re
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SINK_START_S = 10
STOP_S = 5


class Failed(Exception):
    """An expectation that was not met; the text says which."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def read_lines(path):
    """JSON objects of a file, one a line; what is none comes as None."""
    out = []
    if not os.path.exists(path):
        return out
    with open(path, "rb") as f:
        for line in f.read().split(b"\n"):
            if line.strip():
                try:
                    out.append(json.loads(line))
                except ValueError:
                    out.append(None)
    return out


class Tools:
    """The programs under test and around it, and the values that must stay secret."""

    def __init__(self, build, binary):
        self.build = build
        self.nightjar = binary
        self.emulator = os.path.join(build, "lambda-emulator")
        self.sink = os.path.join(build, "capture-sink")
        self.wrapper = os.environ.get("SCENARIOS_WRAPPER", os.path.join(build, "nightjar-capture"))
        self.function = os.path.join(build, "sample-function")
        for program in (self.nightjar, self.emulator, self.sink, self.function):
            if not os.access(program, os.X_OK):
                raise SystemExit(f"scenarios: {program} is missing; run make first")
        with open(self.nightjar, "rb") as f:
            self.sanitized = b"__asan_init" in f.read()  # memory figures mean little then
        listing = subprocess.run([self.function, "--secrets"], stdout=subprocess.PIPE, check=True, text=True).stdout
        self.secrets = dict(line.split("\t", 1) for line in listing.splitlines())


class Run:
    """One run of a scenario; check.py gets this."""

    def __init__(self, tools, folder, work):
        self.tools = tools
        self.folder = folder
        self.name = os.path.basename(folder)
        self.dir = work
        self.problems = []
        self.script = []  # lines that prepare() of check.py makes, instead of script.ndjson
        self.expected = json.loads(self.text("expect.json") or "{}")
        self.hooks = self.load_hooks()
        self.values = dict(tools.secrets)
        self.key = secrets.token_hex(32)
        self.sink_process = None
        self.emulator_status = None
        self.emulator_process = None
        self.tmp = None  # what nightjar has for /tmp

    def text(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as f:
            return f.read()

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def load_hooks(self):
        path = os.path.join(self.folder, "check.py")
        if not os.path.exists(path):
            return None
        spec = importlib.util.spec_from_file_location("check_" + self.name.replace("-", "_"), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def hook(self, name):
        return getattr(self.hooks, name, None) if self.hooks else None

    def expect(self, good, text, detail=None):
        """For check.py: notes a problem when good is false."""
        if not good:
            self.problems.append(text if detail is None else f"{text}\n{indent(detail)}")
        return good

    def expand(self, text):
        def value(found):
            name = found.group(1)
            if name not in self.values:
                raise Failed(f"${{{name}}} is unknown here")
            return self.values[name]
        return re.sub(r"\$\{([A-Z0-9_:]+)\}", value, text)

    def arguments(self, name):
        out = []
        for line in self.text(name).splitlines():
            if not line.startswith("#"):
                out += shlex.split(self.expand(line))
        return out

    # --- before ---------------------------------------------------------------------------------------------------

    def prepare(self):
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        # In memory where that can be had: a disk that others keep busy makes each new file wait.
        self.tmp = tempfile.mkdtemp(prefix="nightjar-scenario-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else self.dir)
        self.values["DIR"] = self.dir
        self.values["FREE_PORT"] = str(free_port())
        self.values["PROXY_PORT"] = str(free_port())
        self.values["PSEUDONYM_KEY"] = "k1:" + self.key
        self.values["WRAPPER"] = self.tools.wrapper
        self.values["ANSWERING"] = "python3 -B " + shlex.quote(os.path.join(HERE, "answering_function.py"))
        self.values["ROUGH"] = "python3 -B " + shlex.quote(os.path.join(HERE, "rough_runtime.py"))
        if self.hook("prepare"):
            self.hook("prepare")(self)
        if self.expected.get("sink", "capture") != "none":
            self.start_sink()
        self.environment = self.read_environment()
        with open(self.path("script.ndjson"), "w", encoding="utf-8") as f:
            f.write(self.expand("".join(json.dumps(line) + "\n" for line in self.script) or self.text("script.ndjson")))

    def start_sink(self):
        arguments = [self.tools.sink, "--dir", self.path("sink"), "--port-file", self.path("sink.port")]
        plan = self.text("sink.plan")
        if plan:
            with open(self.path("sink.plan"), "w", encoding="utf-8") as f:
                f.write(self.expand(plan))
            arguments += ["--plan", self.path("sink.plan")]
        more = self.arguments("sink.args")
        log = open(self.path("sink.log"), "wb")
        self.sink_process = subprocess.Popen(arguments + more, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + SINK_START_S
        while not os.path.exists(self.path("sink.port")):
            if self.sink_process.poll() is not None or time.monotonic() > until:
                raise Failed("the capture sink did not start: " + self.file_text("sink.log"))
            time.sleep(0.01)
        self.values["SINK_PORT"] = self.file_text("sink.port").strip()
        scheme = "https" if any(a.startswith("--tls") for a in more) else "http"
        self.values["SINK"] = f"{scheme}://127.0.0.1:{self.values['SINK_PORT']}/in"

    def read_environment(self):
        env = {}
        for line in self.text("env").splitlines():
            if line.strip() and not line.startswith("#"):
                key, _, value = self.expand(line).partition("=")
                env[key] = value
        if "NIGHTJAR_SINK" not in env and "NIGHTJAR_SINKS" not in env and "SINK" in self.values:
            env["NIGHTJAR_SINK"] = self.values["SINK"]
        if env.get("NIGHTJAR_SINK") == "":
            del env["NIGHTJAR_SINK"]
        env.setdefault("NIGHTJAR_LOG_LEVEL", "info")  # the last ledger is told at that level
        env.setdefault("NIGHTJAR_PSEUDONYM_KEY", self.values["PSEUDONYM_KEY"])  # without one there is a warning
        env.setdefault("NIGHTJAR_SPILL_DIR", self.tmp)  # a sandbox has a /tmp of its own
        env.setdefault("NIGHTJAR_PROXY_PORT", self.values["PROXY_PORT"])  # runs go side by side
        return env

    def file_text(self, name):
        path = self.path(name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8", errors="replace") as f:
            return f.read()

    # --- the run --------------------------------------------------------------------------------------------------

    def emulate(self, seconds):
        arguments = [self.tools.emulator, "--extension", self.tools.nightjar, "--script", self.path("script.ndjson"),
                     "--report", self.path("report.json"), "--telemetry-log", self.path("telemetry.ndjson"),
                     "--extension-log", self.path("extension.log"), "--max-seconds", str(seconds), "--color", "never"]
        if os.environ.get("SCENARIOS_SLOW"):  # an emulated processor; a scenario's own arguments come later and count
            arguments += ["--timeout", "30", "--shutdown-deadline", "20s"]
        for key, value in self.environment.items():
            arguments += ["--env", f"{key}={value}"]
        more = self.arguments("emulator.args")
        command = more[more.index("--") + 1:] if "--" in more else []
        arguments += more[:more.index("--")] if "--" in more else more
        if command:
            arguments += ["--"] + command
        beside = None
        with open(self.path("emulator.log"), "wb") as log:
            self.emulator_process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if self.hook("during"):
                beside = threading.Thread(target=self.run_beside)
                beside.start()
            try:
                self.emulator_status = self.emulator_process.wait(seconds + 10)
            except subprocess.TimeoutExpired:
                self.emulator_process.kill()
                self.emulator_status = self.emulator_process.wait()
                raise Failed(f"the emulator did not end within {seconds + 10} s") from None
            finally:
                if beside:
                    beside.join()

    def run_beside(self):
        try:
            self.hook("during")(self)
        except Exception as e:  # a broken hook is a failed scenario, not a broken runner
            self.problems.append(f"during(): {type(e).__name__}: {e}")

    def alive(self):
        return self.emulator_process is not None and self.emulator_process.poll() is None

    def wait_until_one_left(self):
        """For during(): until a nightjar has written its last ledger, or everything is over."""
        while self.alive() and "NJ1900" not in self.file_text("extension.log"):
            time.sleep(0.005)

    def touch(self, name):
        with open(self.path(name), "w", encoding="utf-8"):
            pass

    def stop_sink(self):
        if self.sink_process is None:
            return
        if self.sink_process.poll() is None:
            self.sink_process.send_signal(signal.SIGTERM)
        try:
            status = self.sink_process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.sink_process.kill()
            status = self.sink_process.wait()
        self.sink_process = None
        self.expect(status == 0, f"the capture sink left with {status}", self.file_text("sink.log"))

    # --- what is left ---------------------------------------------------------------------------------------------

    def collect(self):
        """Reads everything that the run wrote: report, diagnostics, ledgers, requests, records."""
        try:
            with open(self.path("report.json"), encoding="utf-8") as f:
                self.report = json.load(f)
        except (OSError, ValueError) as e:
            raise Failed(f"the emulator left no report ({e})\n" + tail(self.file_text("emulator.log"))) from None
        self.extension_lines = self.file_text("extension.log").splitlines()
        self.diagnostics = []
        for line in self.extension_lines:
            at = line.find('{"nightjar":')
            if at >= 0:
                try:
                    self.diagnostics.append(json.loads(line[at:]))
                except ValueError:
                    self.expect(False, "a diagnostic is no JSON", line)
        self.ledgers = [d["ledger"] for d in self.diagnostics if d.get("code") == "NJ1900" and "ledger" in d]
        self.requests = [r for r in read_lines(self.path("sink", "requests.ndjson")) if r]
        self.records, self.alert_texts = [], []
        same = {}
        for raw in self.raw_records():
            try:
                record = json.loads(raw)
            except ValueError:
                self.expect(False, "a record at the sink is no JSON", raw[:400])
                continue
            if set(record) == {"text", "alert"}:  # what a webhook of alerts gets
                self.alert_texts.append(record["text"])
                record = record["alert"]
            for key in ("what", "who", "where"):  # nearly all records of a flood share these, and a flood has many records
                part = record.get(key)
                if isinstance(part, dict) and all(isinstance(v, (str, int, float)) for v in part.values()):
                    record[key] = same.setdefault((key, *part.items()), part)
            self.records.append(record)

    def stored_at(self):
        """The file with what was stored, or None: standard output is none."""
        path = {"capture": self.path("sink", "records.ndjson"), "file": self.path("out.ndjson")}.get(self.expected.get("sink", "capture"))
        return path if path and os.path.exists(path) else None

    def raw_records(self):
        """The records as they lie at the sink, one after the other."""
        where = self.expected.get("sink", "capture")
        if where == "stdout":
            yield from (line[line.index('{"when"'):].encode() for line in self.extension_lines if '{"when"' in line)
            return
        path = self.stored_at()
        if path:
            with open(path, "rb") as f:
                yield from (line.rstrip(b"\n") for line in f if line != b"\n")

    def spilled(self):
        """Paths of the batches that are left on disk, in the folder that this run has for them."""
        return sorted(glob.glob(os.path.join(self.tmp, "nightjar-spill-*", "*")))

    def end(self, passed):
        """What lies on disk is kept with the rest, if something went wrong."""
        if self.tmp is not None and not passed:
            shutil.copytree(self.tmp, self.path("tmp"), symlinks=True, dirs_exist_ok=True)
        if self.tmp is not None:
            shutil.rmtree(self.tmp, ignore_errors=True)

    def of_request(self, request):
        """The records of a request that was taken."""
        return self.records[request["first"]:request["first"] + request["records"]] if request["taken"] else []

    def find(self, conditions):
        from match import fits_all
        return [r for r in self.records if fits_all(r, conditions)]

    def diagnostic(self, code):
        return [d for d in self.diagnostics if d.get("code") == code]

    def ledger_sum(self, path):
        from match import ABSENT, lookup
        return sum(v for v in (lookup(one, path) for one in self.ledgers) if v is not ABSENT)


def tail(text, lines=25):
    return "\n".join(text.splitlines()[-lines:])


def indent(value):
    text = value if isinstance(value, str) else json.dumps(value, indent=1, ensure_ascii=False)
    return "\n".join("      " + line for line in text.splitlines()[:40])
