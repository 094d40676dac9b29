"""Fetches what the manifest names, into a cache, and lays the sources out: nothing is used whose checksum does not match.

sources.py CACHE              fetch everything that is missing, verify, unpack; CACHE/chosen.json says which versions it is
sources.py CACHE --newer      name newer versions that the mirror lists, and whether it serves them
sources.py CACHE --refresh    ask again for newer versions that were not to be had the last time

Files already lying in the directory LAYER_SOURCES (a vendored copy, an archive of an older release) are taken from there. The rest
comes through apt, with lists and configuration of its own below CACHE: the system's apt is read for the mirror's address, never changed.
"""
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
DEBIAN, SECURITY = "http://deb.debian.org/debian", "http://deb.debian.org/debian-security"


class Trouble(Exception):
    """Ends the build with a sentence."""


def say(text):
    print(f"layer: {text}", flush=True)


def manifest():
    with open(os.path.join(HERE, "manifest.json"), encoding="utf-8") as f:
        return json.load(f)


def sum_of(path):
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest() if hasattr(hashlib, "file_digest") else hashlib.sha256(f.read()).hexdigest()


def url_of(document, package, name):
    """Where a file lies on a mirror."""
    source = package.get("source", package.get("package"))
    prefix = source[:4] if source.startswith("lib") else source[0]
    return document["url"].format(mirror=DEBIAN, prefix=prefix, source=source, file=name)


class Cache:
    def __init__(self, path, document=None):
        self.path = os.path.abspath(path)
        self.files = os.path.join(self.path, "files")
        self.apt_dir = os.path.join(self.path, "apt")
        self.document = document or manifest()
        self.lists_are_here = False
        os.makedirs(self.files, exist_ok=True)

    # --- files ----------------------------------------------------------------------------------------------------

    def good(self, name, want):
        path = os.path.join(self.files, name)
        if not os.path.exists(path):
            return False
        if sum_of(path) == want:
            return True
        say(f"{name} does not have the checksum of the manifest; thrown away")
        os.unlink(path)
        return False

    def vendored(self, name, want):
        folder = os.environ.get("LAYER_SOURCES", "")
        path = os.path.join(folder, name)
        if not folder or not os.path.exists(path):
            return False
        if sum_of(path) != want:
            raise Trouble(f"{path} does not have the checksum of the manifest ({want})")
        shutil.copyfile(path, os.path.join(self.files, name))
        return True

    def missing(self, row):
        return [n for n, want in row["files"].items() if not self.good(n, want) and not self.vendored(n, want)]

    # --- apt ------------------------------------------------------------------------------------------------------

    def options(self):
        pairs = {"Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": f"{self.apt_dir}/sources.d", "Dir::State::lists":
                 f"{self.apt_dir}/lists", "Dir::Cache": f"{self.apt_dir}/cache", "APT::Get::List-Cleanup": "false",
                 "Acquire::Retries": "2", "APT::Sandbox::User": "", "APT::Update::Post-Invoke-Success": "", "Acquire::Languages": "none"}
        return [part for key, value in pairs.items() for part in ("-o", f"{key}={value}")]

    def mirrors(self):
        """The addresses this machine itself uses, where it is a Debian; else Debian's own."""
        main, security = DEBIAN, SECURITY
        places = ["/etc/apt/sources.list"]
        if os.path.isdir("/etc/apt/sources.list.d"):
            places += [os.path.join("/etc/apt/sources.list.d", n) for n in sorted(os.listdir("/etc/apt/sources.list.d"))]
        for place in places:
            if not os.path.isfile(place):
                continue
            with open(place, encoding="utf-8", errors="replace") as f:
                for url in re.findall(r"^(?:URIs:|deb(?:-src)?(?:\s*\[[^]]*\])?)\s*(https?://\S+)", f.read(), re.M):
                    if re.search(r"/debian-security/?$", url):
                        security = url.rstrip("/")
                    elif re.search(r"/debian/?$", url):
                        main = url.rstrip("/")
        return main, security

    def prepare_apt(self):
        if self.lists_are_here:
            return
        if shutil.which("apt-get") is None or shutil.which("dpkg-source") is None:
            raise Trouble("apt-get and dpkg-source are needed to fetch Debian's source packages (packaging/deps.sh layer); "
                          "or put the files of packaging/layer/manifest.json into a folder and name it in LAYER_SOURCES")
        if not os.path.exists(KEYRING):
            raise Trouble(f"{KEYRING} is missing: install debian-archive-keyring")
        for folder in ("lists/partial", "cache/archives/partial", "sources.d"):
            os.makedirs(os.path.join(self.apt_dir, folder), exist_ok=True)
        main, security = self.mirrors()
        suites = sorted({p["suite"] for p in self.document["packages"]})
        with open(os.path.join(self.apt_dir, "sources.d", "layer.sources"), "w", encoding="utf-8") as f:
            for url, names in ((main, suites), (security, [s + "-security" for s in suites])):
                f.write(f"Types: deb-src deb\nURIs: {url}\nSuites: {' '.join(names)}\nComponents: main\nSigned-By: {KEYRING}\n\n")
        say(f"fetching the lists of {', '.join(suites)} from {main}")
        done = subprocess.run(["apt-get", *self.options(), "-qq", "update"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble("apt-get update failed:\n" + done.stderr.strip())
        self.lists_are_here = True

    def fetch(self, package, row):
        """True when all files of this version are there and have their checksums."""
        if not self.missing(row):
            return True
        self.prepare_apt()
        name = package.get("source", package.get("package"))
        what = ["source", "--download-only"] if "source" in package else ["download"]
        done = subprocess.run(["apt-get", *self.options(), "-qq", *what, f"{name}={row['version']}"], cwd=self.files, capture_output=True,
                              text=True, check=False)
        if done.returncode == 0 and not self.missing(row):
            return True
        if done.returncode == 0:
            raise Trouble(f"{name} {row['version']} as the mirror has it is not what the manifest says: {', '.join(self.missing(row))}")
        self.reason = (re.findall(r"^E: (.*)", done.stderr, re.M) or [done.stderr.strip() or "apt-get failed"])[0]
        # Only what the mirror does not have is a reason to take an older one; a network that is down is none.
        if not re.search(r"404|Not Found|not found|Unable to find|Can not find", done.stderr):
            raise Trouble(f"{name} {row['version']} could not be fetched: {self.reason}")
        return False

    # --- choosing and unpacking -----------------------------------------------------------------------------------

    def chosen(self):
        try:
            with open(os.path.join(self.path, "chosen.json"), encoding="utf-8") as f:
                return json.load(f)
        except (OSError, ValueError):
            return {}

    def choose(self, package, before):
        rows = package["versions"]
        known = [r for r in rows if r["version"] == before]
        for row in known + [r for r in rows if r not in known]:
            if self.fetch(package, row):
                return row
            say(f"{package['name']} {row['version']} is not to be had ({self.reason})")
        raise Trouble(f"no version of {package['name']} in the manifest could be fetched. Look for newer ones with "
                      "make layer-newer, or name a folder with the files in LAYER_SOURCES")

    def unpack(self, package, row):
        where = os.path.join(self.path, "unpacked", f"{package['name']}-{row['version'].split(':')[-1]}")
        if os.path.exists(os.path.join(where, ".whole")):
            return where
        shutil.rmtree(where, ignore_errors=True)
        os.makedirs(os.path.dirname(where), exist_ok=True)
        first = next(n for n in row["files"] if n.endswith((".dsc", ".deb")))
        path = os.path.join(self.files, first)
        command = ["dpkg-source", "--no-check", "-q", "-x", path, where] if first.endswith(".dsc") else ["dpkg-deb", "-x", path, where]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Trouble(f"unpacking {first} failed:\n{done.stderr.strip()}")
        with open(os.path.join(where, ".whole"), "w", encoding="utf-8"):
            pass
        return where

    def all(self, refresh=False):
        """[(package, row, folder)] in the order of the manifest."""
        before = {} if refresh else self.chosen()
        out = []
        for package in self.document["packages"]:
            row = self.choose(package, before.get(package["name"]))
            out.append((package, row, self.unpack(package, row)))
        now = {p["name"]: r["version"] for p, r, _ in out}
        if now != self.chosen():
            with open(os.path.join(self.path, "chosen.json"), "w", encoding="utf-8") as f:
                json.dump(now, f, indent=1)
        return out


def newer(cache):
    """What the lists of Debian's mirrors know beyond what is used; True when there is any."""
    cache.prepare_apt()
    used, found = cache.chosen(), False
    for package in cache.document["packages"]:
        name = package.get("source", package.get("package"))
        mine = used.get(package["name"], package["versions"][-1]["version"])
        lists = subprocess.run(["apt-cache", *cache.options(), "madison", name], capture_output=True, text=True, check=True).stdout
        wanted = "Sources" if "source" in package else "Packages"
        for version in sorted({f[1] for f in ([c.strip() for c in line.split("|")] for line in lists.splitlines())
                               if len(f) == 3 and package["suite"] in f[2] and wanted in f[2]}):
            if subprocess.run(["dpkg", "--compare-versions", version, "gt", mine], check=False).returncode != 0:
                continue
            found = True
            row = next((r for r in package["versions"] if r["version"] == version), None)
            state = "not in the manifest" if row is None else "served" if cache.fetch(package, row) else "in the manifest, not served"
            say(f"{package['name']}: {mine} is used, {version} is newer ({state})")
    return found


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    if len(arguments) != 1 or set(sys.argv[1:]) - {*arguments, "--refresh", "--newer"}:
        sys.exit("usage: sources.py CACHE [--refresh | --newer]")
    try:
        if "--newer" in sys.argv:
            if not newer(Cache(arguments[0])):
                say("nothing is newer")
            return
        for package, row, _ in Cache(arguments[0]).all("--refresh" in sys.argv):
            say(f"{package['name']} {row['version']}")
    except Trouble as e:
        sys.exit(f"layer: {e}")


if __name__ == "__main__":
    main()
