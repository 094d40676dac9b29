"""Root file systems of other people, for the proof that the static program runs in them: nightjar, the wrapper and the function all start
under the system's own shell and C library, as an unprivileged user.

bullseye    Debian 11, glibc 2.31, dash: older than what this build's machine has, as Amazon Linux is
musl        the musl that Debian 13 ships, and busybox built against it: what Alpine is made of

Their packages come through an apt of our own (packaging/layer/sources.py) and are unpacked, not installed.  A system that cannot be had is
left out by name and with the reason.
"""
import glob
import os
import shutil
import stat
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "packaging", "layer"))

from sources import Cache, Trouble  # noqa: E402

USER = "993:990"  # nobody's, as in Lambda
# What ash and a look around need; allnoconfig leaves out the rest.
APPLETS = "BUSYBOX LFS ASH SH_IS_ASH ASH_ECHO ASH_PRINTF ASH_TEST CAT LS ENV UNAME".split()


class System:
    """One root file system.  obtain() makes it, or raises Trouble; version: a command that says which C library it has."""

    def __init__(self, name, scenarios, version, obtain):
        self.name, self.scenarios, self.version, self.obtain = name, scenarios, version, obtain

    def make(self, folder):
        """The root, made once; what an interrupted run left is not taken for it."""
        root, whole = os.path.join(folder, "root"), os.path.join(folder, ".whole")
        if not os.path.exists(whole):
            shutil.rmtree(root, ignore_errors=True)
            os.makedirs(root)
            self.obtain(folder, root)
            with open(whole, "w", encoding="ascii"):
                pass
        return root


def run(command, folder, **more):
    """The command, with what it says in FOLDER/log; its last line is the reason when it fails."""
    log = os.path.join(folder, "log")
    with open(log, "ab") as f:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=f, stderr=f, check=False, **more).returncode
    if status != 0:
        with open(log, encoding="utf-8", errors="replace") as f:
            raise Trouble(f"{os.path.basename(command[0])}: " + (f.read().strip().splitlines() or ["no word"])[-1])


def apt(folder, suite):
    """apt-get with lists of this suite alone, which knows of no package that this machine has."""
    cache = Cache(folder, {"packages": [{"suite": suite}]})
    cache.prepare_apt()
    return ["apt-get", *cache.options(), "-o", "Dir::State::status=/dev/null", "-o", "Debug::NoLocking=1", "-qq"]


def unpack(folder, pattern, root):
    found = glob.glob(os.path.join(folder, pattern))
    if not found:
        raise Trouble(f"apt-get brought no {pattern}")
    for deb in found:
        run(["dpkg-deb", "-x", deb, root], folder)


def older_glibc(folder, root):
    run([*apt(folder, "bullseye"), "-y", "--no-install-recommends", "--download-only", "install", "dash", "coreutils", "python3"], folder)
    unpack(folder, "apt/cache/archives/*.deb", root)


def busybox(folder, source, devel):
    """Built with the compiler of this machine against that musl: sources as Debian has them, specs with other paths."""
    libs = os.path.join(devel, "usr", "lib", "x86_64-linux-musl")
    specs = os.path.join(folder, "specs")
    with open(os.path.join(libs, "musl-gcc.specs"), encoding="utf-8") as f:
        text = f.read().replace("/usr/", devel + "/usr/")
    with open(specs, "w", encoding="utf-8") as f:
        f.write(text)
    env = {k: v for k, v in os.environ.items() if k not in ("CFLAGS", "LDFLAGS", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "ARCH", "BUILD")}
    run(["make", "-s", "allnoconfig"], folder, cwd=source, env=env)
    config = os.path.join(source, ".config")
    with open(config, encoding="utf-8") as f:
        lines = f.read().splitlines()
    wanted = {f"# CONFIG_{name} is not set": f"CONFIG_{name}=y" for name in APPLETS}
    with open(config, "w", encoding="utf-8") as f:
        f.writelines(wanted.get(line, line) + "\n" for line in lines)
    run(["sh", "-c", "yes '' | make -s oldconfig"], folder, cwd=source, env=env)
    compiler = f"gcc -specs={specs} -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu"  # the kernel's headers
    run(["make", "-s", f"-j{os.cpu_count() or 2}", f"CC={compiler}"], folder, cwd=source, env=env)
    return os.path.join(source, "busybox")


def musl(folder, root):
    get, devel = apt(folder, "trixie"), os.path.join(folder, "devel")
    run([*get, "download", "musl", "musl-dev"], folder, cwd=folder)
    for source in glob.glob(os.path.join(folder, "busybox-*")):
        shutil.rmtree(source)
    run([*get, "source", "busybox"], folder, cwd=folder)
    unpack(folder, "musl_*.deb", root)
    unpack(folder, "musl*.deb", devel)
    program = busybox(folder, glob.glob(os.path.join(folder, "busybox-*"))[0], devel)
    os.makedirs(os.path.join(root, "bin"))
    shutil.copy2(program, os.path.join(root, "bin", "busybox"))
    for name in ("sh", "cat", "ls", "env", "uname"):
        os.symlink("busybox", os.path.join(root, "bin", name))
    if not os.path.exists(os.path.join(root, "lib", "ld-musl-x86_64.so.1")):  # Debian has one /usr, and the link to it is made elsewhere
        os.symlink("usr/lib", os.path.join(root, "lib"))


# The function is the sample function, linked as nightjar is, and where the system has Python, a function in that.
SYSTEMS = [
    System("bullseye", "login-secrets payload-capture payload-metadata observe-sources tls stdout-sink detect-stuffing".split(),
           ["/lib/x86_64-linux-gnu/libc.so.6"], older_glibc),
    System("musl", "login-secrets payload-capture payload-metadata observe-sources tls stdout-sink".split(),
           ["/lib/ld-musl-x86_64.so.1"], musl),
]


def furnish(root, opt, function):
    """The layer at /opt, the functions at /var/task, and what Lambda has: a /tmp for everybody, nothing else to write to."""
    for folder in ("opt", "var/task", "tmp", "etc", "dev"):
        os.makedirs(os.path.join(root, folder), exist_ok=True)
    null = os.path.join(root, "dev", "null")
    if not os.path.exists(null):
        os.mknod(null, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        os.chmod(null, 0o666)
    shutil.rmtree(os.path.join(root, "opt"))
    shutil.copytree(opt, os.path.join(root, "opt"))
    shutil.copy2(function, os.path.join(root, "var", "task", "sample-function"))
    shutil.copy2(os.path.join(ROOT, "tests", "scenarios", "answering_function.py"), os.path.join(root, "var", "task"))
    os.chmod(os.path.join(root, "tmp"), 0o1777)


def starters(folder, root):
    """(nightjar, wrapper): what the emulator starts, and what becomes of it in there."""
    enter = f'exec chroot --userspec={USER} "{root}"'
    texts = {
        "nightjar": f"""#!/bin/sh
for file in "$SSL_CERT_FILE" "$NIGHTJAR_CA_FILE"; do
    if [ -f "$file" ]; then
        mkdir -p "{root}${{file%/*}}" && cp "$file" "{root}$file"
    fi
done
mkdir -p "{root}$NIGHTJAR_SPILL_DIR" && chmod 1777 "{root}$NIGHTJAR_SPILL_DIR"
{enter} /opt/extensions/nightjar "$@"
""",
        "nightjar-capture": f"""#!/bin/sh
# The command is this machine's; in there the same function has another path.
case "$1" in
*/sample-function) set -- /var/task/sample-function ;;
python3) set -- /usr/bin/python3 -B /var/task/answering_function.py ;;
esac
{enter} /opt/nightjar-capture "$@"
"""}
    out = []
    for name, text in texts.items():
        out.append(os.path.join(folder, name))
        with open(out[-1], "w", encoding="utf-8") as f:
            f.write(text)
        os.chmod(out[-1], 0o755)
    return out


def libc(system, root):
    """What the C library of the root says of itself."""
    done = subprocess.run(["chroot", root, *system.version], capture_output=True, text=True, check=False)
    return " ".join(line for line in (done.stdout + done.stderr).splitlines()[:2] if "Copyright" not in line)
