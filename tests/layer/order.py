"""Which functions a start needs: packaging/layer/order.txt, by which the linker lays them side by side.

order.py LAYER_DIR: the program with symbols (x86_64) runs under callgrind in a scenario.  Names that a later compiler spells otherwise, or that
are gone, are passed over by the linker: the list is made anew before a release, not after each change.  It is sorted: side by side is what
counts, and functions of one kind are packed better beside each other.
"""
import glob
import os
import re
import shutil
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, "tests", "scenarios"))

import runner  # noqa: E402
from sandbox import Tools  # noqa: E402

STORY = "cold-start"
TOLD = "nj_loop_run"  # called when it was
HEAD = "# Functions that a start calls; written by tests/layer/order.py (make layer-order).\n"


def called(path):
    """Function names of a callgrind file."""
    with open(path, encoding="utf-8", errors="replace") as f:
        return set(re.findall(r"^c?fn=\(\d+\) ([A-Za-z_][\w.]*)", f.read(), re.M))


def trace(build, program, place):
    shutil.rmtree(place, ignore_errors=True)
    copy, starter = os.path.join(place, "program", "nightjar"), os.path.join(place, "nightjar")
    os.makedirs(os.path.dirname(copy))
    shutil.copyfile(program, copy)
    with open(starter, "w", encoding="utf-8") as f:
        f.write(f'#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file="{place}/calls.%p" "{copy}" "$@"\n')
    for path in (copy, starter):
        os.chmod(path, 0o755)
    problems, _, _ = runner.run_one(Tools(build, starter), STORY)  # memory under valgrind is one
    files = sorted(glob.glob(os.path.join(place, "calls.*")), key=os.path.getsize)
    names = called(files[-1]) if files else set()
    if TOLD not in names:
        sys.exit("order: " + "\n".join(problems or ["callgrind wrote nothing; is valgrind there?"]))
    return names


def main():
    layer = os.path.abspath(sys.argv[1])
    build = os.path.abspath(os.environ.get("BUILD", "build"))
    os.environ["SCENARIOS_SLOW"] = "1"
    names = trace(build, os.path.join(layer, "x86_64", "nightjar.full"), os.path.join(layer, "order"))
    with open(os.path.join(ROOT, "packaging", "layer", "order.txt"), "w", encoding="ascii") as f:
        f.write(HEAD + "".join(n + "\n" for n in sorted(names)))
    print(f"order: {len(names)} functions")


if __name__ == "__main__":
    main()
