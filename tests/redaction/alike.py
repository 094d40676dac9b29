"""Does this build redact as another commit did?  For work that is to change nothing but speed.

alike.py --driver build/redaction-driver --against COMMIT [--size N] [--copies N] [--seed N] [--show N] [--jobs N]

The other commit is built in a tree of its own below build/alike.  Cases of the corpus go through both builds: as they are, and copies that were
cut, spliced with others, or lost, gained and changed a few characters.  What comes out, what comes out of that, and the counts must be the
same.  The exit code is 1 when they are not.
"""
import argparse
import json
import os
import random
import subprocess
import sys

import corpus

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
POLICIES = ("default", "default", "strict", "hipaa", "pci")
PIECES = ["\"", "'", "=", ":", " ", "\\", "\n", "\t", ",", "{", "}", "[", "]", "password", "token", "@", "%", "\x01", "\u00e9", "<", ">", "&", "-", "--", "0", "://",
          "\\n", "\\u0041", "Bearer ", "\u200b", "secret=", "[secret]", "key: "]
JOINTS = ("", " ", ", ", "\n", " | ")


def mutated(r, text, other):
    for _ in range(r.randint(1, 3)):
        at = r.randrange(len(text) + 1)
        kind = r.randrange(6)
        if kind == 0:
            text = text[:at]
        elif kind == 1:
            text = text[:at] + r.choice(PIECES) + text[at:]
        elif kind == 2:
            text = text[:at] + text[at + r.randint(1, 4):]
        elif kind == 3 and len(text) < 4096:
            text = text + r.choice(JOINTS) + other
        elif kind == 4:
            text = text[:at] + chr(r.randint(32, 126)) + text[at + 1:]
        else:
            text = text[:at] + text[at:at + 1].swapcase() + text[at + 1:]
    return text


def cases(o):
    """Lines for the driver."""
    r = random.Random(o.seed)
    before = ""
    for c in corpus.build(o.seed, o.size):
        text = corpus.compact(c["json"]) if "json" in c else c["text"]
        yield {**{k: c[k] for k in ("text", "json", "split") if k in c}, "policy": c["policy"]}
        for _ in range(o.copies):
            yield {"text": mutated(r, text, before), "policy": r.choice(POLICIES), **({"split": "lines"} if r.randrange(4) == 0 else {})}
        before = text


def driver_of(commit, jobs):
    """Builds the driver of a commit; its path."""
    name = subprocess.run(["git", "rev-parse", "--short", commit + "^{commit}"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()
    tree = os.path.join(ROOT, "build", "alike", name)
    if not os.path.exists(tree):
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", tree, name], cwd=ROOT, check=True)
    subprocess.run(["make", "-s", f"-j{jobs}", "WERROR=", "build/redaction-driver"], cwd=tree, check=True)
    return os.path.join(tree, "build", "redaction-driver")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--driver", required=True)
    p.add_argument("--against", required=True, metavar="COMMIT")
    p.add_argument("--size", type=int, default=9000)
    p.add_argument("--copies", type=int, default=10)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--show", type=int, default=5)
    p.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    o = p.parse_args()
    given = [json.dumps({"id": str(i), **c}) for i, c in enumerate(cases(o))]
    lines = ("\n".join(given) + "\n").encode()
    other = driver_of(o.against, o.jobs)
    now, then = (subprocess.run([d], input=lines, capture_output=True, check=True).stdout.decode("utf-8", "replace").split("\n") for d in (o.driver, other))
    if len(now) != len(then) or len(now) != len(given) + 1:
        print(f"redaction-alike: {len(given)} cases, {len(now) - 1} answers now, {len(then) - 1} then")
        return 1
    differ = [i for i in range(len(given)) if now[i] != then[i]]
    for i in differ[:o.show]:
        print(f"redaction-alike: {given[i]}\n  now  {now[i]}\n  then {then[i]}")
    print(f"redaction-alike: {len(given)} cases, {len(differ)} differ from {o.against}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
