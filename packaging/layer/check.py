"""Is the archive what it promises to be?  check.py ZIP [--full PROGRAM-WITH-SYMBOLS] [--run COMMAND-BEFORE-THE-PROGRAM]

Static and position independent, nothing writable and executable, relocations read-only, stack protector; the archive's modes, order, times
and size; the bills of materials agree with each other, with the manifest and with what the program itself says.
"""
import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SIZE_MAX = 2_000_000
PROTECTED_MIN = 100  # functions that check their stack; OpenSSL alone has more
MACHINES = {"x86_64": "X86-64", "arm64": "AArch64"}
# How a component is named in the first lines of --version.
SPOKEN = {"curl": "libcurl", "openssl": "TLS", "libmicrohttpd": "libmicrohttpd", "jansson": "jansson", "zlib": "zlib", "libdeflate": "libdeflate", "zstd": "zstd",
          "c-ares": "c-ares"}


class Check:
    def __init__(self):
        self.bad = 0

    def say(self, good, what, detail=""):
        self.bad += not good
        print(f"layer check: {'ok    ' if good else 'FAILED'} {what}" + (f" ({detail})" if detail else ""), flush=True)


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, env=dict(os.environ, LC_ALL="C")).stdout


def elf(c, program, arch):
    header, segments, dynamic = output("readelf", "-hW", program), output("readelf", "-lW", program), output("readelf", "-dW", program)
    c.say(MACHINES[arch].lower() in header.lower(), f"made for {arch}")
    c.say("DYN (" in header and "PIE" in dynamic, "position independent")
    c.say("INTERP" not in segments, "needs no loader")
    c.say("(NEEDED)" not in dynamic and "(RPATH)" not in dynamic and "(RUNPATH)" not in dynamic, "needs no library")
    loads = re.findall(r"^ *(?:LOAD|GNU_STACK)(?: +0x[0-9a-f]+){5} +([RWE ]{3})", segments, re.M)
    c.say(len(loads) >= 4 and not any("W" in f and "E" in f for f in loads), "nothing is both writable and executable", ", ".join(loads))
    c.say("GNU_STACK" in segments, "says that its stack is not executable")
    c.say("GNU_RELRO" in segments and re.search(r"BIND_NOW|\bNOW\b", dynamic) is not None, "relocations are read-only once done")
    c.say("TEXTREL" not in dynamic, "no relocation touches code")
    with open(program, "rb") as f:
        data = f.read()
    c.say(ROOT.encode() not in data and b"/build/layer/" not in data, "does not say where it was built")
    c.say(".symtab" not in output("readelf", "-SW", program), "is stripped")


def protector(c, full, arch):
    objdump = "objdump" if arch == "x86_64" else "aarch64-linux-gnu-objdump"
    with subprocess.Popen([objdump, "-d", "--no-show-raw-insn", full], stdout=subprocess.PIPE, text=True) as p:
        calls = sum("<__stack_chk_fail>" in line and ("call" in line or "\tbl\t" in line or "jmp" in line) for line in p.stdout)
    c.say(calls >= PROTECTED_MIN, "stack protector", f"{calls} places")


def archive(c, path):
    size = os.path.getsize(path)
    c.say(size <= SIZE_MAX, f"at most {SIZE_MAX} bytes", f"{size}, {size * 100 // SIZE_MAX} %")
    with zipfile.ZipFile(path) as z:
        entries = z.infolist()
        c.say(z.testzip() is None, "every entry unpacks to its sum")
    names = [e.filename for e in entries]
    modes = {e.filename: e.external_attr >> 16 for e in entries}
    c.say(all(e.create_system == 3 for e in entries), "made by Unix: modes count")
    c.say([n for n in names if n.startswith("extensions/") and n != "extensions/"] == ["extensions/nightjar"],
          "extensions/ holds the program alone: everything there is started")
    programs = [n for n, m in modes.items() if stat.S_ISREG(m) and m & 0o111]
    c.say(sorted(programs) == ["extensions/nightjar", "nightjar-capture"] and all(stat.S_IMODE(modes[n]) == 0o755 for n in programs),
          "what is to be executed can be, nothing else")
    c.say(all(stat.S_IMODE(m) == (0o755 if stat.S_ISDIR(m) else stat.S_IMODE(m)) and stat.S_IMODE(m) in (0o755, 0o644) for m in modes.values()),
          "modes are 0755 and 0644")
    folders = [n for n in names if n.endswith("/")]
    files = [n for n in names if not n.endswith("/")]
    c.say(names == sorted(folders) + sorted(files) and len({e.date_time for e in entries}) == 1, "one order, one time")


def from_spdx(document):
    return {p["name"]: (p["versionInfo"], p["licenseDeclared"]) for p in document["packages"] if p["name"] != "nightjar"}


def from_cyclonedx(document):
    def licence(part):
        one = part["licenses"][0]
        return one.get("expression") or one["license"]["id"]
    return {p["name"]: (p["version"], licence(p)) for p in document["components"]}


def spoken(text):
    """The two lists of --version: what the libraries say of themselves, and what the build was made from."""
    head, _, tail = text.partition("built for ")
    first = dict(line.split(" ", 1) for line in head.strip().splitlines())
    second = dict(line.split() for line in tail.strip().splitlines()[1:])
    return first, second


def bills(c, tree, run):
    def document(name):
        with open(os.path.join(tree, "nightjar", f"sbom.{name}.json"), encoding="utf-8") as f:
            return json.load(f)
    spdx, cdx = document("spdx"), document("cdx")
    parts = from_spdx(spdx)
    c.say(bool(parts) and parts == from_cyclonedx(cdx), "both bills of materials name the same", f"{len(parts)} parts")
    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as f:
        packages = json.load(f)["packages"]
    known = {p["name"]: {(r["version"], p["licence"]) for r in p["versions"]} for p in packages}
    c.say(set(parts) - {"libgcc"} == set(known) and all(parts[n] in known[n] for n in known), "and what the manifest names")
    without = [n for n in known if not os.path.exists(os.path.join(tree, "nightjar", "licences", n + ".txt"))]
    c.say(not without, "each has its licence in the archive", ", ".join(without))
    program = os.path.join(tree, "extensions", "nightjar")
    text = output(*run, program, "--version")
    first, second = spoken(text)
    c.say(second == {n: v for n, (v, _) in parts.items()}, "--version names the same")
    upstream = {p["name"]: {r["version"]: r["upstream"] for r in p["versions"]} for p in packages}
    wrong = []
    for name, word in SPOKEN.items():
        said = first.get(word, "").rpartition("/")[2]
        if said != upstream[name][parts[name][0]]:
            wrong.append(f"{name}: {said or 'nothing'}")
    c.say(not wrong, "the libraries say so themselves", ", ".join(wrong))
    with open(os.path.join(ROOT, "VERSION"), encoding="utf-8") as f:
        version = f.read().strip()
    c.say(first.get("nightjar") == version == next(p["versionInfo"] for p in spdx["packages"] if p["name"] == "nightjar"), "of this version", version)
    sums = [p["checksums"][0]["checksumValue"] for p in spdx["packages"] if p["name"] == "nightjar"]
    with open(program, "rb") as f:
        c.say(sums == [hashlib.sha256(f.read()).hexdigest()], "of this very program")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("zip")
    p.add_argument("--full", help="the program before it was stripped")
    p.add_argument("--run", default="", help="what starts the program, such as qemu-aarch64-static")
    args = p.parse_args()
    arch = next((a for a in MACHINES if a in os.path.basename(args.zip)), None)
    if arch is None:
        sys.exit("layer check: the archive's name says no architecture")
    c = Check()
    archive(c, args.zip)
    tree = tempfile.mkdtemp(prefix="nightjar-layer-")
    try:
        with zipfile.ZipFile(args.zip) as z:
            z.extractall(tree)
        program = os.path.join(tree, "extensions", "nightjar")
        os.chmod(program, 0o755)
        elf(c, program, arch)
        if args.full:
            protector(c, args.full, arch)
        bills(c, tree, shlex.split(args.run))
    finally:
        shutil.rmtree(tree)
    print(f"layer check: {arch}: " + (f"{c.bad} failed" if c.bad else "passed"))
    return 1 if c.bad else 0


if __name__ == "__main__":
    sys.exit(main())
