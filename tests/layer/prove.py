"""Proves a layer's program where nothing else is: in an empty root, by scenarios and by stories of its own.

prove.py [STEP...]: redaction, demo, scenarios, stories, systems, startup.  BUILD says where the tools are, LAYER_DIR and ARCH which layer.

On x86_64 the program is started by chroot in a folder that holds it, /tmp and a resolv.conf, and nothing else: no library, no certificates, no
shell; then in root file systems of others (systems.py).  On arm64 it runs under qemu-aarch64-static, outside of such a root, and start-up is
not measured.
"""
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "scenarios"))
sys.path.insert(0, os.path.join(ROOT, "tests", "redaction"))

import corpus  # noqa: E402
import runner  # noqa: E402
import systems  # noqa: E402
from sandbox import Failed, Tools  # noqa: E402
from sources import Trouble  # noqa: E402

# One of each kind, but for what reads /proc, which the root does not have: what starts, what is posted, what is compressed, what is encrypted, what goes wrong.
SCENARIOS = """cold-start text-logs json-logs json-array login-secrets strict-keys invalid-utf8 cut-record record-too-large forged-post
payload-capture payload-snapstart sink-headers sink-statuses sink-closes sink-unreachable file-sink-missing retry-after too-large two-sinks tls
tls-expired tls-old tls-unknown-ca tls-wrong-host thaw-dead-connection port-taken bad-configuration shutdown-300 signals stdout-sink pseudonyms
redact-rules observe-sources spill-restart""".split()
NOT_EMULATED = {"shutdown-300"}  # its 300 ms are the platform's, and an emulated processor needs longer
NAME_SERVER = "127.0.0.77"


class NameServer(threading.Thread):
    """Knows names below nightjar.test: they are this machine.  Counts what it is asked."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((NAME_SERVER, 53))
        self.asked = []

    def run(self):
        while True:
            try:
                query, peer = self.socket.recvfrom(1500)
            except OSError:
                return
            answer = self.answer(query)
            if answer:
                self.socket.sendto(answer, peer)

    def answer(self, query):
        labels, at = [], 12
        while at < len(query) and query[at]:
            labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
            at += 1 + query[at]
        if len(query) < at + 5:
            return None
        kind = struct.unpack("!H", query[at + 1:at + 3])[0]
        name = ".".join(labels).lower()
        self.asked.append(name)
        known = name.endswith(".nightjar.test")
        address = known and kind == 1
        head = query[:2] + struct.pack("!HHHHH", 0x8180 if known else 0x8183, 1, int(address), 0, 0)
        record = b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 30, 4) + socket.inet_aton("127.0.0.1") if address else b""
        return head + query[12:at + 5] + record


class Place:
    """Where the program runs, and the command by which the emulator starts it."""

    def __init__(self, layer, arch):
        self.arch = arch
        self.dir = os.path.join(layer, arch, "proof")
        self.program = os.path.join(layer, arch, "opt", "extensions", "nightjar")
        shutil.rmtree(self.dir, ignore_errors=True)

    def starter(self, name, program=None):
        """A folder with a `nightjar` that starts the program in a root of its own."""
        folder = os.path.join(self.dir, name)
        program = program or self.program
        path = os.path.join(folder, "nightjar")
        os.makedirs(folder)
        root = os.path.join(folder, "root")
        for part in ("extensions", "etc", "tmp"):
            os.makedirs(os.path.join(root, part))
        shutil.copy2(program, os.path.join(root, "extensions", "nightjar"))
        with open(os.path.join(root, "etc", "resolv.conf"), "w", encoding="ascii") as f:
            f.write(f"nameserver {NAME_SERVER}\n")
        if self.arch == "arm64":  # -L: files are looked for below root first, which is enough for resolv.conf
            text = f'#!/bin/sh\nexec qemu-aarch64-static -L "{root}" -0 nightjar "{program}" "$@"\n'
        else:
            enter = f'chroot "{root}"' if os.geteuid() == 0 else f'unshare --map-root-user --root="{root}"'
            text = f"""#!/bin/sh
# Files that the configuration names are put into the root, at the same place.
for file in "$SSL_CERT_FILE" "$NIGHTJAR_CA_FILE"; do
    if [ -f "$file" ]; then
        mkdir -p "{root}${{file%/*}}" && cp "$file" "{root}$file"
    fi
done
mkdir -p "{root}$NIGHTJAR_SPILL_DIR"
exec {enter} /extensions/nightjar "$@"
"""
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(path, 0o755)
        return path


def tell(text):
    print(f"layer proof: {text}", flush=True)


def story_teller(script, names, build, nightjar, wrapper=None):
    """runner.py or demo.py of the scenarios, with this nightjar and wrapper; (did it succeed, what it printed)."""
    env = dict(os.environ, BUILD=build, SCENARIOS_BINARY=nightjar, **({"SCENARIOS_WRAPPER": wrapper} if wrapper else {}))
    done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tests", "scenarios", script), *names], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode == 0, done.stdout


def demo_in(where, build, nightjar, wrapper=None):
    good, said = story_teller("demo.py", [], build, nightjar, wrapper)
    lines = re.findall(r"What reached the sink: .*|.*secrets the function may write.*", said)
    tell(f"the demo {where}: " + "; ".join(line.strip() for line in lines) if good else f"the demo {where} FAILED\n{said}")
    return good


def demo(place, build):
    return demo_in("under qemu" if place.arch == "arm64" else "in an empty root", build, place.starter("demo"))


def scenarios(place, build):
    names = [n for n in SCENARIOS if place.arch != "arm64" or n not in NOT_EMULATED]
    tell(f"{len(names)} scenarios " + ("under qemu" if place.arch == "arm64" else "in an empty root"))
    good, said = story_teller("runner.py", names, build, place.starter("scenarios"))
    print(said, end="", flush=True)
    return good


# --- redaction ---------------------------------------------------------------------------------------------------------

def redaction(place, build):
    """Vectors are read in another way on every processor: what is hidden must be the same."""
    cases = [corpus.compact(c["json"]) if "json" in c else c["text"] for c in corpus.build(corpus.SEED, corpus.SIZE)]
    lines = "".join(line + "\n" for case in cases for line in case.split("\n") if line.strip()).encode()
    env = dict(os.environ, NIGHTJAR_PSEUDONYM_KEY="k1:" + "5a" * 32)
    good = True
    for policy in ("default", "strict", "hipaa"):
        here, there = (subprocess.run([*run, "redact", "--policy", policy], input=lines, capture_output=True, check=False, env=env)
                       for run in ([os.path.join(build, "nightjar")], [place.starter("redaction-" + policy)]))
        pairs = list(zip(lines.split(b"\n"), here.stdout.split(b"\n"), there.stdout.split(b"\n")))
        other = [p for p in pairs if p[1] != p[2]]
        same = here.returncode == 0 and there.returncode == 0 and here.stdout == there.stdout
        good = good and same
        tell(f"redaction, {policy}: " + (f"{len(pairs)} lines as they are redacted here" if same else
                                         f"FAILED, {len(other)} lines differ, the first of them: {other[:1]}"))
    return good


# --- systems ----------------------------------------------------------------------------------------------------------

def system(one, place, build, folder, function):
    """One system's root, furnished, and what is told in it; True when all is well or the system cannot be had."""
    try:
        root = one.make(folder)
    except Trouble as e:
        tell(f"left out {one.name}: {e}")
        return True
    systems.furnish(root, os.path.dirname(os.path.dirname(place.program)), function)
    tell(f"{one.name}: {systems.libc(one, root)}")
    nightjar, wrapper = systems.starters(folder, root)
    told = demo_in("in " + one.name, build, nightjar, wrapper)
    good, said = story_teller("runner.py", one.scenarios, build, nightjar, wrapper)
    print(said, end="", flush=True)
    return good and told


def in_systems(place, build, layer):
    if place.arch == "arm64" or os.geteuid() != 0:
        tell("left out the systems of others: " + ("they are x86_64's" if place.arch == "arm64" else "entering them needs root"))
        return True
    subprocess.run([sys.executable, "-B", os.path.join(ROOT, "packaging", "layer", "build.py"), "--arch", place.arch, "--out", layer, "--only",
                    "sample-function"], check=True, stdout=subprocess.DEVNULL)
    function = os.path.join(layer, place.arch, "nightjar", "sample-function")
    made = [system(one, place, build, os.path.join(layer, "systems", one.name), function) for one in systems.SYSTEMS]
    return all(made)


# --- stories ----------------------------------------------------------------------------------------------------------

def with_root(place, layer, pem):
    """The program once more, with one more root of trust compiled in: the only way to see a chain to a compiled-in root without the
    internet."""
    out = os.path.join(place.dir, "with-root")
    subprocess.run([sys.executable, "-B", os.path.join(ROOT, "packaging", "layer", "build.py"), "--arch", place.arch, "--out", layer, "--also-trust",
                    pem, "--program", out], check=True, stdout=subprocess.DEVNULL)
    return out


def story(tools, name, before=None):
    """runner.run_one() for a folder of ours; before(run) is called once the sink stands."""
    run = runner.Run(tools, os.path.join(HERE, "stories", name), os.path.join(tools.build, "layer-proof", name))
    if os.environ.get("SCENARIOS_SLOW"):  # a handshake may outlast the time a connection has, once
        run.expected.setdefault("may_say", []).append("NJ1601")
    try:
        try:
            run.prepare()
            if before:
                before(run)
            run.emulate(run.expected.get("seconds", 60))
        finally:
            run.stop_sink()
        run.collect()
        runner.checks.check_all(run)
        if run.hook("check"):
            run.hook("check")(run)
    except Failed as e:
        run.problems.append(str(e))
    run.end(not run.problems)
    return run.problems


def stories(place, build, layer):
    try:
        names = NameServer()
    except OSError as e:
        tell(f"the stories need port 53 of {NAME_SERVER}: {e}")
        return False
    names.start()
    tell("stories with a name server of their own")
    good = True

    def made(run):
        run.tools.nightjar = place.starter("story-" + run.name, with_root(place, layer, run.path("sink", "ca.pem")))

    for name in sorted(os.listdir(os.path.join(HERE, "stories"))):
        before = len(names.asked)
        tools = Tools(build, place.starter(name))
        problems = story(tools, name, made if name == "embedded-roots" else None)
        if "sink.nightjar.test" not in names.asked[before:]:
            problems.append("the name server was not asked")
        runner.report(name, problems, None, 0)
        good = good and not problems
    names.socket.close()
    return good


def startup(place, build):
    if place.arch == "arm64":
        tell("start-up is not measured under qemu")
        return True
    env = dict(os.environ, BUILD=build, SCENARIOS_BINARY=place.program)
    subprocess.run(["make", "-s", f"BUILD={build}", os.path.join(build, "bench", "minimal_extension")], cwd=ROOT, check=True)
    for _ in range(3):  # a busy machine may spoil one
        done = subprocess.run([sys.executable, "-B", os.path.join(ROOT, "tests", "bench", "bench.py"), "--gate", "startup", "memory"], env=env,
                              capture_output=True, text=True, check=False)
        print("".join(line + "\n" for line in done.stdout.splitlines() if re.search(r"ratio|resident|nightjar|smallest", line)), end="", flush=True)
        if done.returncode == 0:
            return True
    return False


def main():
    build = os.environ.get("BUILD", "build")
    layer = os.path.abspath(os.environ.get("LAYER_DIR", "build/layer"))
    arch = os.environ.get("ARCH", "x86_64")
    if arch == "arm64":  # what takes a millisecond may take a second there
        os.environ["SCENARIOS_SLOW"] = "1"
    place = Place(layer, arch)
    if not os.path.exists(place.program):
        raise SystemExit(f"layer proof: {place.program} is missing; run make layer ARCH={arch} first")
    tools = os.path.abspath(build)
    steps = {"redaction": lambda: redaction(place, tools), "demo": lambda: demo(place, tools), "scenarios": lambda: scenarios(place, tools),
             "stories": lambda: stories(place, tools, layer), "systems": lambda: in_systems(place, tools, layer), "startup": lambda: startup(place, build)}
    wanted = sys.argv[1:] or list(steps)
    if any(w not in steps for w in wanted):
        raise SystemExit(f"layer proof: steps are {', '.join(steps)}")
    failed = [w for w in wanted if not steps[w]()]
    tell(f"{arch}: " + (f"FAILED: {', '.join(failed)}" if failed else "passed"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
