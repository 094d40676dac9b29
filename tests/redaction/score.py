"""Scores the redactor on labelled cases: what it hid of what it had to hide, and what it left of what it had to leave.

score.py --driver build/redaction-driver [--cases FILE|-] [--size N] [--seed N] [--misses] [--kinds] [--group NAME] [--gate|--agree]

Without --cases the corpus of corpus.py is scored.  A secret is hidden when neither it nor a decoded form of it is in the output or
in anything that can be decoded out of the output.  A case without secrets must come back as it went in.  Cases marked soft are
open to argument: they are told apart and gate nothing.

With --gate the exit code is 1 when a group has more cases wrong than gate.json allows, or a figure that gate.json lists is below
its target.  --agree writes that file from what is reached now; a list that grows shorter, or numbers that grow, need a reason.
"""
import argparse
import base64
import binascii
import collections
import gzip
import html
import json
import os
import re
import signal
import subprocess
import sys
import urllib.parse
import zlib

import corpus

PLACEHOLDER = re.compile(r"\[[a-z_]+(?:[-:][0-9A-Za-z._:-]+)?\]")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
SHORT = 7  # a secret shorter than this may stand in a pseudonym by chance
DEPTH = 5

# Of the whole corpus, in percent; and the groups of which nothing at all may leak.
TARGETS = {"hidden": 98.5, "clean": 98.0, "intact": 98.0, "kept": 99.0, "valid": 100.0, "stable": 100.0}
NO_LEAKS = ("tokens", "headers", "structured", "events")
GATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gate.json")
SPARE = 1  # cases of a group that may go wrong more than agreed: rounds draw other values when a template is added


def strings_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from strings_of(v)
    elif isinstance(value, list):
        for v in value:
            yield from strings_of(v)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield json.dumps(value)


def decodings(text):
    """What one step of decoding can make of a text."""
    if text[:1] in "{[\"" and text:
        try:
            yield from strings_of(json.loads(text))
        except ValueError:
            pass
    if "\\" in text:
        yield re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
        yield text.replace('\\"', '"').replace("\\/", "/").replace("\\\\", "\\")
    if "%" in text:
        yield urllib.parse.unquote(text)
        yield urllib.parse.unquote_plus(text)
    if "&" in text:
        yield html.unescape(text)
    for m in BASE64.finditer(text):
        run = m[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            raw = base64.b64decode(run + "=" * (-len(run) % 4))
        except (binascii.Error, ValueError):
            continue
        if raw[:2] == b"\x1f\x8b":
            try:
                raw = gzip.decompress(raw)
            except (OSError, EOFError, zlib.error):
                continue
        try:
            yield raw.decode()
        except UnicodeDecodeError:
            pass


def forms_of(text):
    seen, fresh = {text}, [text]
    for _ in range(DEPTH):
        fresh = [d for t in fresh for d in decodings(t) if d not in seen and not seen.add(d)]
        if not fresh:
            break
    return seen


def survives(secret, forms):
    for form in forms:
        if secret in (PLACEHOLDER.sub("", form) if len(secret) < SHORT else form):
            return True
    return False


class Result:
    def __init__(self, case, answer):
        self.case, self.out = case, answer["out"]
        self.counts = answer["counts"]
        self.input = case["text"] if "text" in case else corpus.compact(case["json"])
        forms = forms_of(self.out)
        self.leaks = [s for s in case["secrets"] if survives(s, forms)]
        self.decoded_leaks = [s for s in case.get("also_not", ()) if survives(s, forms)]
        self.lost = [k for k in case["keep"] if not any(k in f for f in forms)]
        self.stable = answer["again"] == self.out
        self.valid = True
        if "json" in case:
            try:
                json.loads(self.out)
            except ValueError:
                self.valid = False
        self.negative = not case["secrets"]
        self.intact = self.out == self.input

    @property
    def clean(self):
        return not self.leaks and not self.decoded_leaks

    @property
    def good(self):
        return self.stable and self.valid and not self.lost and (self.intact if self.negative else self.clean)


class Score:
    """Numbers that add up: hits and totals by name."""

    def __init__(self):
        self.n = collections.Counter()

    def add(self, r):
        n = self.n
        n["cases"] += 1
        n["wrong"] += not r.good
        n["valid"] += r.valid
        n["stable"] += r.stable
        n["keeps"] += len(r.case["keep"])
        n["kept"] += len(r.case["keep"]) - len(r.lost)
        if r.negative:
            n["negatives"] += 1
            n["intact"] += r.intact
        else:
            n["positives"] += 1
            n["clean"] += r.clean
            n["secrets"] += len(r.case["secrets"])
            n["hidden"] += len(r.case["secrets"]) - len(set(r.leaks))

    def percent(self, name):
        whole = {"hidden": "secrets", "clean": "positives", "intact": "negatives", "kept": "keeps"}.get(name, "cases")
        return 100.0 * self.n[name] / self.n[whole] if self.n[whole] else None

    def row(self, name):
        def cell(what):
            p = self.percent(what)
            return "      -" if p is None else "%6.2f%%" % p

        return "%-14s %6d %6d %s %s %6d %s %s %s %s" % (
            name, self.n["positives"], self.n["secrets"], cell("hidden"), cell("clean"), self.n["negatives"], cell("intact"),
            cell("kept"), cell("valid"), cell("stable"))


HEAD = "%-14s %6s %6s %7s %7s %6s %7s %7s %7s %7s" % ("group", "cases", "secr.", "hidden", "clean", "benign", "intact", "kept", "valid",
                                                     "stable")


def run_driver(driver, cases):
    lines = "".join(corpus.compact({k: c[k] for k in ("id", "text", "json", "policy", "split") if k in c}) + "\n" for c in cases)
    done = subprocess.run([driver], input=lines.encode("utf-8", "surrogatepass"), stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise SystemExit("score: the driver left with %d" % done.returncode)
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    if [a["id"] for a in answers] != [c["id"] for c in cases]:
        raise SystemExit("score: the driver answered other cases than were asked")
    return answers


def load(path):
    with sys.stdin if path == "-" else open(path, encoding="utf-8") as f:
        for line in f:
            case = json.loads(line)
            case.setdefault("group", "negatives" if case["kind"].startswith("neg_") else "positives")
            yield case


def complaint(r):
    what = []
    if r.leaks or r.decoded_leaks:
        what.append("LEAK %s" % " | ".join((r.leaks + r.decoded_leaks)[:4]))
    if r.negative and not r.intact:
        what.append("CHANGED")
    if r.lost:
        what.append("LOST %s" % " | ".join(r.lost[:4]))
    if not r.valid:
        what.append("NOT JSON")
    if not r.stable:
        what.append("UNSTABLE")
    return "; ".join(what)


def print_miss(r, width=700):
    print("%s [%s]%s %s" % (r.case["id"], r.case["policy"], " (soft)" if r.case.get("soft") else "", complaint(r)[:width]))
    print("   in   %s\n   out  %s" % (r.input[:width].replace("\n", "\\n"), r.out[:width].replace("\n", "\\n")))


def print_kinds(results):
    """What is not perfect, the worst first, with an example or two of each."""
    kinds = collections.defaultdict(list)
    for r in results:
        kinds["%s/%s%s" % (r.case["group"], r.case["kind"], " (soft)" if r.case.get("soft") else "")].append(r)
    wrong = {name: [r for r in rs if not r.good] for name, rs in kinds.items()}
    for name in sorted(wrong, key=lambda n: (-len(wrong[n]), n)):
        if wrong[name]:
            print("\n%s: %d of %d wrong" % (name, len(wrong[name]), len(kinds[name])))
            for r in wrong[name][:2]:
                print_miss(r, 330)


def verdicts(whole, groups):
    """(figure, what is wrong with it) for what is below its target."""
    for name, target in TARGETS.items():
        p = whole.percent(name)
        if p is not None and p < target:
            yield name, "%s %.2f %% is below %.1f %%" % (name, p, target)
    for group in NO_LEAKS:
        s = groups.get(group)
        if s and s.n["clean"] < s.n["positives"]:
            yield "no leaks in " + group, "%d cases of the group %s leak" % (s.n["positives"] - s.n["clean"], group)


def agree(groups, below):
    names = list(TARGETS) + ["no leaks in " + g for g in NO_LEAKS]
    gate = {"targets": [n for n in names if n not in {name for name, _ in below}], "wrong": {g: s.n["wrong"] for g, s in sorted(groups.items())}}
    with open(GATE, "w", encoding="utf-8") as f:
        json.dump(gate, f, indent=2)
        f.write("\n")


def broken(groups, below):
    with open(GATE, encoding="utf-8") as f:
        gate = json.load(f)
    for name, what in below:
        if name in gate["targets"]:
            yield what
    for group, s in sorted(groups.items()):
        if s.n["wrong"] > gate["wrong"].get(group, 0) + SPARE:
            yield "%d cases of the group %s are wrong, %d are agreed" % (s.n["wrong"], group, gate["wrong"].get(group, 0))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--driver", required=True)
    ap.add_argument("--cases")
    ap.add_argument("--size", type=int, default=corpus.SIZE)
    ap.add_argument("--seed", type=int, default=corpus.SEED)
    ap.add_argument("--group", help="only this group, or kinds that contain this")
    ap.add_argument("--kinds", action="store_true", help="what is not perfect by kind, with examples")
    ap.add_argument("--misses", action="store_true", help="show what went wrong")
    ap.add_argument("--gate", action="store_true", help="exit 1 where gate.json is not met")
    ap.add_argument("--agree", action="store_true", help="write gate.json")
    o = ap.parse_args()

    cases = list(load(o.cases)) if o.cases else corpus.build(o.seed, o.size)
    if o.group:
        cases = [c for c in cases if c["group"] == o.group or o.group in c["kind"]]
    results = [Result(c, a) for c, a in zip(cases, run_driver(o.driver, cases))]

    hard, soft = Score(), Score()
    groups = collections.defaultdict(Score)
    for r in results:
        if o.misses and not r.good:
            print_miss(r)
        if r.case.get("soft"):
            soft.add(r)
            continue
        hard.add(r)
        groups[r.case["group"]].add(r)
    print(HEAD)
    for name in sorted(groups):
        print(groups[name].row(name))
    print(hard.row("all"))
    if soft.n["cases"]:
        print(soft.row("(soft)"))
    if o.kinds:
        print_kinds(results)
    below = list(verdicts(hard, groups))
    for _, what in below:
        print("redaction-score: %s" % what)
    if not below:
        print("redaction-score: every target is met")
    if o.agree:
        agree(groups, below)
    failed = list(broken(groups, below)) if o.gate else []
    for what in failed:
        print("redaction-score: gate: %s" % what)
    return 1 if failed else 0


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # "| head" is no error
    sys.exit(main())
