"""Builds the layer of one architecture: libraries from source, nightjar, and the archive.

build.py --arch x86_64|arm64 [--out DIR] [--sources DIR] [--zips DIR] [--relink-kit] [--jobs N]

A step is a recipe in recipes/; it runs again when its recipe, its sources, its tools or a step before it has changed, and is left alone
otherwise.  What it says goes to DIR/ARCH/log/STEP.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import bom  # noqa: E402
import pack  # noqa: E402
from sources import Cache, Trouble, say  # noqa: E402

# Each library's neighbours whose headers and archives it builds upon; all of them need musl.
# The longest first.
NEEDS = {"musl": [], "openssl": ["musl"], "c-ares": ["musl"], "libmicrohttpd": ["musl"], "zstd": ["musl"], "zlib": ["musl"],
         "libdeflate": ["musl"], "jansson": ["musl"], "curl": ["musl", "c-ares", "openssl"]}
LINK_ORDER = ["curl", "c-ares", "openssl", "libmicrohttpd", "jansson", "libdeflate", "zlib", "zstd"]
AT_ONCE = 2  # configure scripts leave a processor idle

TARGETS = {
    "x86_64": {"host": "x86_64-linux-musl", "cross": "", "machine": "x86_64",
               "headers": "/usr/include/x86_64-linux-gnu /usr/include",
               "harden": "-fstack-clash-protection -fcf-protection"},
    "arm64": {"host": "aarch64-linux-musl", "cross": "aarch64-linux-gnu-", "machine": "aarch64",
              "headers": "/usr/aarch64-linux-gnu/include /usr/include/aarch64-linux-gnu /usr/include",
              "harden": "-fstack-clash-protection -mbranch-protection=standard"},
}
OPT = "-O2 -fPIE -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables"
SMALL = {"c-ares", "curl", "libmicrohttpd", "jansson"}  # not where the time goes
# lld, because Debian's own linker packs no relative relocations for arm64, and because it lays the functions of a start side by side
# (order.txt): a megabyte less of the program is read and resident.
LINK = ("-static-pie -Wl,--gc-sections -Wl,-z,relro,-z,now,-z,noexecstack -fuse-ld=lld -Wl,-O2 -Wl,--pack-dyn-relocs=relr "
        "-Wl,--build-id=none -Wl,--no-warn-symbol-ordering -Wl,--symbol-ordering-file=")
HARDEN = "-fstack-protector-strong -ftrivial-auto-var-init=zero"


def digest(*parts):
    h = hashlib.sha256()
    for p in parts:
        h.update(p if isinstance(p, bytes) else str(p).encode())
        h.update(b"\0")
    return h.hexdigest()[:16]


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Layer:
    def __init__(self, args):
        self.arch = args.arch
        self.target = TARGETS[args.arch]
        self.out = os.path.abspath(args.out)
        self.dir = os.path.join(self.out, self.arch)
        self.jobs = args.jobs
        self.cache = Cache(args.sources or os.path.join(self.out, "sources"))
        self.sources = self.cache.all()
        self.folders = {p["name"]: folder for p, _, folder in self.sources}
        self.rows = {p["name"]: row for p, row, _ in self.sources}
        self.keys = {}
        self.lock = threading.Lock()
        self.done = 0
        self.compiler = self.target["cross"] + "gcc"
        if shutil.which(self.compiler) is None:
            raise Trouble(f"{self.compiler} is missing (packaging/deps.sh layer installs it)")
        for folder in ("log", "work", "lib", "tools"):
            os.makedirs(os.path.join(self.dir, folder), exist_ok=True)
        self.write_tools()

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    def write_tools(self):
        """nj-cc: the compiler as everything here uses it.  By a short name and found in PATH, so that no library writes down where it was
        built; prefix maps do the same for file names.  OpenSSL asks for the assembler's version: an old one keeps the AVX-512 code out,
        three quarters of a megabyte for one cipher.  Of two prefix maps that fit, the later one counts."""
        tools = self.path("tools")
        lib = self.path("lib", "musl", "lib")
        text = f"""#!/bin/sh
case " $* " in
*" -Wa,-v "*) echo "GNU assembler version 2.24"; exit 0 ;;
esac
exec {self.compiler} -specs={lib}/musl-gcc.specs -B{tools} -ffile-prefix-map={ROOT}=. \\
    -ffile-prefix-map={self.path('lib')}=. -ffile-prefix-map={self.path('work')}=. -ffile-prefix-map={self.sources_dir()}=. "$@"
"""
        self.write(os.path.join(tools, "nj-cc"), text, 0o755)
        lld = shutil.which("ld.lld")
        if lld is None:
            raise Trouble("ld.lld is missing (packaging/deps.sh layer installs it)")
        link = os.path.join(tools, "ld.lld")
        if not os.path.islink(link):
            os.symlink(lld, link)
        version = subprocess.run([self.compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
        self.toolkey = digest(version, text.replace(self.out, "").replace(ROOT, ""), OPT, HARDEN, json.dumps(self.target, sort_keys=True))

    def sources_dir(self):
        return os.path.dirname(next(iter(self.folders.values())))

    @staticmethod
    def write(path, text, mode=0o644):
        if not os.path.exists(path) or read(path) != text.encode():
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        os.chmod(path, mode)

    # --- libraries ------------------------------------------------------------------------------------------------

    def environment(self, name):
        cross = self.target["cross"]
        env = {k: os.environ[k] for k in ("HOME", "USER", "TMPDIR", "CCACHE_DIR") if k in os.environ}
        env.update({
            "PATH": self.path("tools") + ":" + os.environ["PATH"], "LC_ALL": "C", "TZ": "UTC", "SOURCE_DATE_EPOCH": "0",
            "ARCH": self.arch, "HOST": self.target["host"], "SRC": self.folders[name], "OUT": self.path("lib", name),
            "JOBS": str(self.jobs), "KERNEL_HEADERS": self.target["headers"], "AR": cross + "gcc-ar", "RANLIB": cross + "gcc-ranlib",
            "CC": "nj-cc",
            "CFLAGS": (OPT.replace("-O2", "-Os") if name in SMALL else OPT) + " -fstack-protector-strong -DNDEBUG", "LDFLAGS": "-static-pie", "PKG_CONFIG": "/bin/false",
            "OPENSSL": self.path("lib", "openssl"), "C_ARES": self.path("lib", "c-ares"),
            "OPENSSL_CFLAGS": OPT.replace("-O2 ", "") + " -fstack-protector-strong"})
        if name == "musl":
            env.update({"CC": self.compiler, "CROSS_COMPILE": cross, "LDFLAGS": "",
                        "CFLAGS": f"-O2 -ffunction-sections -fdata-sections -ffile-prefix-map={self.folders[name]}=."})
        if name == "openssl":  # flags are Configure's arguments there
            for key in ("CFLAGS", "LDFLAGS"):
                del env[key]
        return env

    def key(self, name):
        recipe = read(os.path.join(HERE, "recipes", name + ".sh"))
        return digest(self.toolkey, recipe, json.dumps(self.rows[name], sort_keys=True), name in SMALL, *(self.keys[n] for n in NEEDS[name]))

    def build(self, name, total):
        out, work, stamp = self.path("lib", name), self.path("work", name), self.path("lib", name, ".key")
        key = self.keys[name] = self.key(name)
        if os.path.exists(stamp) and read(stamp).decode() == key:
            with self.lock:
                self.done += 1
            return
        say(f"{self.arch}: building {name} {self.rows[name]['version']}")
        began = time.monotonic()
        for folder in (out, work):
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        log = self.path("log", name)
        script = 'set -eu\n. "$0"\n'
        with open(log, "wb") as f:
            status = subprocess.run(["sh", "-c", script, os.path.join(HERE, "recipes", name + ".sh")], cwd=work, env=self.environment(name),
                                    stdin=subprocess.DEVNULL, stdout=f, stderr=f, check=False).returncode
        if status != 0:
            end = "\n".join(read(log).decode(errors="replace").splitlines()[-25:])
            raise Trouble(f"{self.arch}: {name} could not be built (exit code {status}). The end of {log}:\n{end}")
        self.write(stamp, key)
        shutil.rmtree(work, ignore_errors=True)
        with self.lock:
            self.done += 1
            say(f"{self.arch}: {name} is ready ({self.done}/{total}, {time.monotonic() - began:.0f} s)")

    def libraries(self):
        waiting, ready = dict(NEEDS), set()
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            running = {}
            try:
                while waiting or running:
                    for name in [n for n, needs in waiting.items() if ready.issuperset(needs)]:
                        if len(running) == AT_ONCE:
                            break
                        del waiting[name]
                        running[pool.submit(self.build, name, len(NEEDS))] = name
                    done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
                    for job in done:
                        job.result()
                        ready.add(running.pop(job))
            except Trouble:
                for job in running:
                    job.cancel()
                raise

    # --- nightjar ---------------------------------------------------------------------------------------------------

    def archives(self):
        out = []
        for name in LINK_ORDER:
            folder = self.path("lib", name, "lib")
            found = sorted((f for f in os.listdir(folder) if f.endswith(".a")), key=lambda f: f != "libssl.a")  # ssl before crypto
            out += [os.path.join(folder, f) for f in found]
        return out

    def run(self, command, log, env=None, cwd=None):
        with open(log, "ab") as f:
            status = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=f, stderr=f, check=False).returncode
        if status != 0:
            end = "\n".join(read(log).decode(errors="replace").splitlines()[-25:])
            raise Trouble(f"{self.arch}: {os.path.basename(log)} could not be built (exit code {status}). The end of {log}:\n{end}")

    def parts(self):
        """What nightjar --version says about its making: the same rows as the SBOM's."""
        rows = [(p["name"], r["version"]) for p, r, _ in self.sources] + [("libgcc", bom.libgcc_version(self.compiler))]
        lines = "".join(f'    "  {name} {version}\\n"\n' for name, version in rows)
        return ('/* Written by packaging/layer/build.py. */\n#include "layer_parts.h"\n\nconst char nj_layer_parts[] =\n'
                f'    "built for {self.arch} from\\n"\n{lines};\n')

    def extras(self, env, log, gen, also_trust=()):
        """The objects that only this build has."""
        os.makedirs(gen, exist_ok=True)
        places = [self.folders["ca-certificates"] + "/usr/share/ca-certificates", *also_trust]
        made = subprocess.run([sys.executable, "-B", os.path.join(HERE, "roots.py"), *places], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Trouble("the roots of trust could not be made:\n" + made.stderr)
        self.write(os.path.join(gen, "roots_data.c"), made.stdout)
        self.write(os.path.join(gen, "parts.c"), self.parts())
        files = [(os.path.join(gen, "roots_data.c"), []), (os.path.join(gen, "parts.c"), [])]
        if self.arch == "x86_64":
            files.append((os.path.join(HERE, "mem.c"), ["-ffreestanding", "-fno-stack-protector", "-fcf-protection"]))
        out = []
        for source, flags in files:
            target = os.path.join(gen, os.path.basename(source)[:-2] + ".o")
            self.run(["nj-cc", "-std=c17", *OPT.split(), *HARDEN.split(), *flags, "-I", os.path.join(ROOT, "src", "net"), "-I",
                      os.path.join(ROOT, "src", "config"), "-I", self.path("lib", "openssl", "include"), "-c", "-o", target, source],
                     log, env)
            out.append(target)
        return out

    @staticmethod
    def link_flags(order=os.path.join(HERE, "order.txt")):
        return LINK + order

    def own_environment(self):
        env = dict(os.environ, PATH=self.path("tools") + ":" + os.environ["PATH"], LC_ALL="C")
        for name in ("CFLAGS", "LDFLAGS", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "SAN", "ONLY"):
            env.pop(name, None)
        return env

    def with_root(self, pem, out):
        """The same program with one more root of trust, for the proof of the compiled-in set."""
        log, env = self.path("log", "with-root"), self.own_environment()
        extras = self.extras(env, log, self.path("gen-with-root"), [pem])
        build = self.path("nightjar")
        self.run(["nj-cc", *self.link_flags().split(), "-o", out, os.path.join(build, "obj", "extension", "main.o"), *extras,
                  os.path.join(build, "libnightjar.a"), "-Wl,--start-group", *self.archives(), "-Wl,--end-group", "-lm", "-lpthread"], log, env)

    def make(self, program):
        """A program of the Makefile, with our compiler, flags and libraries."""
        log, build, env = self.path("log", program), self.path("nightjar"), self.own_environment()
        includes = " ".join(f"-I{self.path('lib', n, 'include')}" for n in LINK_ORDER)
        flags = [f"OPT={OPT}", "COLD_OPT=-Os", f"HARDEN={HARDEN} {self.target['harden']}", "FORTIFY=", f"LDFLAGS={self.link_flags()}"]
        key = digest(*(self.keys[n] for n in NEEDS), *flags, read(os.path.join(HERE, "order.txt")))
        if not os.path.exists(os.path.join(build, ".key")) or read(os.path.join(build, ".key")).decode() != key:
            shutil.rmtree(build, ignore_errors=True)
        os.makedirs(build, exist_ok=True)
        self.write(log, "")
        self.extra_objects = self.extras(env, log, self.path("gen"))
        env["CPPFLAGS"] = f"-DNJ_EMBEDDED_ROOTS -DNJ_LAYER -DCURL_STATICLIB {includes}"
        self.run(["make", "-s", f"-j{self.jobs}", f"BUILD={build}", "CC=nj-cc", *flags, "WERROR=" + env.get("WERROR", ""),
                  "EXTRA_OBJ=" + " ".join(self.extra_objects),
                  "LIBS=-Wl,--start-group " + " ".join(self.archives()) + " -Wl,--end-group -lm -lpthread", f"{build}/{program}"],
                 log, env, ROOT)
        self.write(os.path.join(build, ".key"), key)
        return os.path.join(build, program)

    def nightjar(self):
        """The program, stripped; nightjar.full beside it has its symbols."""
        program, log = self.make("nightjar"), self.path("log", "nightjar")
        shutil.copyfile(program, self.path("nightjar.full"))
        self.run([self.target["cross"] + "strip", "-s", "-R", ".comment", "-o", self.path("extension"), program], log)
        os.chmod(self.path("extension"), 0o755)
        say(f"{self.arch}: nightjar, {os.path.getsize(self.path('extension'))} bytes")

    # --- archives ---------------------------------------------------------------------------------------------------

    def documents(self, when):
        """What lies beside the program: bill of materials, licences, where the source is."""
        version = read(os.path.join(ROOT, "VERSION")).decode().strip()
        binary = hashlib.sha256(read(self.path("extension"))).hexdigest()
        parts = bom.components(self.sources, self.compiler)
        out = {"nightjar/LICENSE": read(os.path.join(ROOT, "LICENSE"))}
        for name, make in (("spdx", bom.spdx), ("cdx", bom.cyclonedx)):
            text = json.dumps(make(version, self.arch, binary, parts, when), indent=1, sort_keys=False) + "\n"
            out[f"nightjar/sbom.{name}.json"] = text.encode()
        for package, _, folder in self.sources:
            out[f"nightjar/licences/{package['name']}.txt"] = b"\n".join(read(os.path.join(folder, f)) for f in package["licence_files"])
        out["nightjar/SOURCES.md"] = read(os.path.join(HERE, "SOURCES.md.in")).replace(b"@ARCH@", self.arch.encode())
        return {name: (0o644, data) for name, data in out.items()}

    def pack(self, folder):
        when = pack.epoch()
        files = self.documents(when)
        files["extensions/nightjar"] = (0o755, read(self.path("extension")))
        files["nightjar-capture"] = (0o755, read(os.path.join(ROOT, "extension", "nightjar-capture")))
        tree = self.path("opt")  # the same, unpacked: for container images and for the tests
        for name, (mode, data) in files.items():
            target = os.path.join(tree, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target + ".part", "wb") as f:
                f.write(data)
            os.chmod(target + ".part", mode)
            os.replace(target + ".part", target)
        path = os.path.join(folder, f"nightjar-layer-{self.arch}.zip")
        pack.write(path, files, when)
        say(f"{self.arch}: {os.path.relpath(path)}, {os.path.getsize(path)} bytes, sha256 {hashlib.sha256(read(path)).hexdigest()}")

    def pack_kit(self, folder):
        """Everything a new libmicrohttpd needs to be linked in: LGPL 2.1, section 6."""
        build, files = self.path("nightjar"), {}
        files["objects/main.o"] = read(os.path.join(build, "obj", "extension", "main.o"))
        files["objects/libnightjar.a"] = read(os.path.join(build, "libnightjar.a"))
        for path in self.extra_objects:
            files["objects/" + os.path.basename(path)] = read(path)
        for name in ("rcrt1.o", "crti.o", "crtn.o", "libc.a", "libm.a", "libpthread.a"):
            files["musl/" + name] = read(self.path("lib", "musl", "lib", name))
        specs = read(self.path("lib", "musl", "lib", "musl-gcc.specs")).decode()
        files["musl/musl.specs"] = specs.replace(self.path("lib", "musl", "lib") + "/", "musl/").replace(
            self.path("lib", "musl", "lib"), "musl").replace(self.path("lib", "musl"), "musl").encode()
        names = []
        for path in self.archives():
            names.append("lib/" + os.path.basename(path))
            files[names[-1]] = read(path)
        at = names.index("lib/libmicrohttpd.a")
        text = read(os.path.join(HERE, "relink.sh.in")).decode()
        for key, value in {"CC": self.compiler, "STRIP": self.target["cross"] + "strip", "FLAGS": self.link_flags("order.txt"),
                           "EXTRAS": " ".join("objects/" + os.path.basename(p) for p in self.extra_objects),
                           "BEFORE": " ".join(names[:at]), "AFTER": " ".join(names[at + 1:]),
                           "COMPILER": f"{self.compiler} {bom.libgcc_version(self.compiler)}"}.items():
            text = text.replace(f"@{key}@", value)
        files["relink.sh"] = text.encode()
        files["order.txt"] = read(os.path.join(HERE, "order.txt"))
        for name in self.rows["libmicrohttpd"]["files"]:
            files["libmicrohttpd-source/" + name] = read(os.path.join(self.cache.files, name))
        files["libmicrohttpd-source/recipe.sh"] = read(os.path.join(HERE, "recipes", "libmicrohttpd.sh"))
        path = os.path.join(folder, f"nightjar-layer-{self.arch}-relink.zip")
        pack.write(path, {n: (0o755 if n.endswith(".sh") else 0o644, d) for n, d in files.items()}, pack.epoch())
        say(f"{self.arch}: {os.path.relpath(path)}, {os.path.getsize(path)} bytes")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--arch", choices=sorted(TARGETS), default="x86_64")
    p.add_argument("--out", default=os.path.join(ROOT, "build", "layer"))
    p.add_argument("--sources", help="where downloads are kept; by default OUT/sources")
    p.add_argument("--zips", default=os.path.join(ROOT, "build"), help="where the archives go")
    p.add_argument("--relink-kit", action="store_true", help="also the archive that serves to link with another libmicrohttpd")
    p.add_argument("--also-trust", metavar="PEM", help="only link the program again, with these certificates compiled in, to --program")
    p.add_argument("--program", help="see --also-trust")
    p.add_argument("--only", metavar="PROGRAM", help="only this program of the Makefile, built as nightjar is, into OUT/ARCH/nightjar")
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 2)
    args = p.parse_args()
    began = time.monotonic()
    try:
        layer = Layer(args)
        layer.libraries()
        if args.also_trust:
            layer.with_root(args.also_trust, os.path.abspath(args.program))
            return
        if args.only:
            layer.make(args.only)
            return
        layer.nightjar()
        layer.pack(os.path.abspath(args.zips))
        if args.relink_kit:
            layer.pack_kit(os.path.abspath(args.zips))
    except Trouble as e:
        sys.exit(f"layer: {e}")
    say(f"{args.arch}: everything in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
