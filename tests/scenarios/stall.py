"""Stops nightjar's first thread for two seconds, with ptrace, and no other: for check.py of the payload-stalled stories."""
import ctypes
import os
import subprocess
import time

PTRACE_DETACH, PTRACE_SEIZE, PTRACE_INTERRUPT = 17, 0x4206, 0x4207
STALL_S = 2
SLOWEST_MS = 1000  # of requests that take a tenth of it or less; others of this machine may be in the way
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, pid):
    if libc.ptrace(request, pid, None, None) != 0:
        raise OSError(ctypes.get_errno(), "ptrace")


def refused(run):
    """Only where one may trace one's own children, or theirs."""
    if os.environ.get("SCENARIOS_SLOW"):
        return "what runs on an emulated processor is the emulator, not nightjar"
    with subprocess.Popen(["sleep", "10"]) as child:
        try:
            ptrace(PTRACE_SEIZE, child.pid)
        except OSError as e:
            return f"ptrace is not allowed here ({e})"
        finally:
            child.kill()
    return None


def nightjar_of(run):
    """The pid of the emulator's child that is nightjar."""
    emulator = run.emulator_process.pid
    with open(f"/proc/{emulator}/task/{emulator}/children", encoding="ascii") as f:
        for pid in f.read().split():
            if os.path.realpath(f"/proc/{pid}/exe") == os.path.realpath(run.tools.nightjar):
                return int(pid)
    return None


def stall(run):
    until = time.monotonic() + 10
    while (pid := nightjar_of(run)) is None or len(os.listdir(f"/proc/{pid}/task")) < 2:
        if time.monotonic() > until:
            raise TimeoutError("nightjar with two threads")
        time.sleep(0.02)
    time.sleep(0.5)  # it is subscribed, and the first requests are answered
    ptrace(PTRACE_SEIZE, pid)
    ptrace(PTRACE_INTERRUPT, pid)
    os.waitpid(pid, 0x40000000)  # __WALL
    time.sleep(STALL_S)
    ptrace(PTRACE_DETACH, pid)


def check_answers(run):
    slowest = max(i["responseMs"] for i in run.report["invocations"])
    run.expect(slowest <= SLOWEST_MS, f"the slowest request took {slowest} ms")
    late = max(r["tookMs"] for s in run.report["telemetry"] for r in s["posts"])
    run.expect(late >= 1000 * STALL_S * 0.9, f"the thread stood still: a POST waited {late} ms")
