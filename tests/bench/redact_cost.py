"""What the redactor executes for a record, counted by valgrind: no neighbour on the machine disturbs it, so that one per cent is seen.

redact_cost.py --bench build/bench/bench_redact [--part corpus|text|json|sparse] [--bytes N] [--functions N]

Instructions, branches that a simple predictor gets wrong and misses of an instruction cache of 32 KiB, and their sum as ticks.  The weights
were fitted to the time of the corpus in mixed order on an EPYC; they say what a change is worth, not how long a record takes elsewhere.
"""
import argparse
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
WEIGHTS = (0.27, 8, 4)  # ticks for an instruction, a misprediction, a miss
EVENTS = "Ir,Bcm,I1mr"
CACHES = ("--I1=32768,8,64", "--D1=32768,8,64", "--LL=524288,8,64")
ROW = re.compile(r"\s*([\d,]+) \([^)]*\)\s+([\d,.]+)(?: \([^)]*\))?\s+([\d,.]+)(?: \([^)]*\))?\s+(.*)$")


def sample(directory, part, most):
    """The beginning of a part of the benchmark's data, in whole records; how many."""
    subprocess.run([sys.executable, "-B", os.path.join(os.path.dirname(HERE), "redaction", "bench_data.py"), directory], check=True)
    with open(os.path.join(directory, part + ".log"), "rb") as f:
        records = f.read(most).split(b"\x1e")[:-1]
    with open(os.path.join(directory, "sample.log"), "wb") as f:
        f.write(b"".join(r + b"\x1e" for r in records))
    return len(records)


def count(bench, directory):
    """{function: (instructions, mispredictions, misses)}, and the total under an empty name."""
    out = os.path.join(directory, "callgrind.out")
    subprocess.run(["valgrind", "-q", "--tool=callgrind", "--branch-sim=yes", "--cache-sim=yes", *CACHES, "--toggle-collect=nj_redact_text",
                    "--toggle-collect=nj_redact_json", "--callgrind-out-file=" + out, bench, directory, "sample.log"], check=True, capture_output=True)
    text = subprocess.run(["callgrind_annotate", "--auto=no", "--threshold=100", "--show=" + EVENTS, out], check=True, capture_output=True, text=True).stdout
    found = {}
    for line in text.splitlines():
        row = ROW.match(line)
        if row is None:
            continue
        counts = [int(x.replace(",", "")) if x != "." else 0 for x in row.groups()[:3]]
        name = "" if "PROGRAM TOTALS" in row.group(4) else re.sub(r" \[.*", "", row.group(4)).rpartition("/")[2]
        found[name] = tuple(a + b for a, b in zip(found.get(name, (0, 0, 0)), counts))
    return found


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    p.add_argument("--bench", required=True)
    p.add_argument("--part", default="corpus", choices=("corpus", "text", "json", "sparse"))
    p.add_argument("--bytes", type=int, default=600_000)
    p.add_argument("--functions", type=int, default=30)
    o = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="nightjar-cost-") as directory:
        records = sample(directory, o.part, o.bytes)
        try:
            found = count(os.path.abspath(o.bench), directory)
        except FileNotFoundError as e:
            print(f"redact cost: skipped ({e.filename} is missing: install valgrind)")
            return 0
    ticks = {name: sum(w * c for w, c in zip(WEIGHTS, counts)) / records for name, counts in found.items()}
    total = found[""]
    print("%s, a record: %.0f instructions, %.1f mispredictions, %.1f cache misses: some %.0f ticks (%d records)" % (
        o.part, *(c / records for c in total), ticks[""], records))
    for name in sorted(ticks, key=ticks.get, reverse=True)[1:o.functions + 1]:
        print("%8.1f %5.2f %%  %7.1f %6.2f %6.2f  %s" % (ticks[name], 100 * ticks[name] / ticks[""], *(c / records for c in found[name]), name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
