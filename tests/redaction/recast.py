"""Scores the cases of the corpus in other containers: what is hidden in a line must be hidden in a member, and what is left there too.

recast.py --driver build/redaction-driver [--only NAME] [--misses] [--size N]

Nothing is written down for it: each case is put into a record, behind the head of a log line, among other lines, into a string of
JSON, or printed as another language prints it.  The exit code is 1 when more go wrong than ALLOWED says.
"""
import argparse
import json
import sys

import corpus
import score

HEAD = "2026-03-02T10:22:31.004Z\t5b2f9a4e-1111-4a2b-8c3d-123456789abc\tINFO\t"


def in_message(c):
    return {"json": {"level": "info", "message": c["text"], "n": 7}} if "text" in c else None


def in_log(c):
    return {"json": {"time": "2026-03-02T10:00:00Z", "log": c["text"], "stream": "stdout"}} if "text" in c else None


def behind_head(c):
    return {"text": HEAD + c["text"]} if "text" in c else None


def before_fields(c):
    return {"text": c["text"] + " | ctx=42 dur=3ms"} if "text" in c else None


def in_quotes(c):
    plain = "text" in c and not set('"\\\n') & set(c["text"])
    return {"text": 'ts=1 level=warn msg="%s" n=7' % c["text"]} if plain else None


def among_lines(c):
    return {"text": "first line ok\n" + c["text"] + "\nlast line ok"} if "text" in c else None


def as_text(c):
    return {"text": "event: " + corpus.compact(c["json"])} if "json" in c else None


def in_body(c):
    return {"json": {"body": corpus.compact(c["json"]), "path": "/x"}} if "json" in c else None


def in_queue(c):
    return {"json": {"Records": [{"body": corpus.compact({"Message": corpus.compact(c["json"])})}]}} if "json" in c else None


def indented(c):
    return {"text": json.dumps(c["json"], indent=2, ensure_ascii=False)} if "json" in c else None


def in_python(c):
    return {"text": "payload " + repr(c["json"])} if "json" in c else None


def deeper(c):
    return {"json": {"detail": {"payload": [c["json"]]}, "source": "app"}} if "json" in c else None


# container -> cases that may go wrong in it.  Python writes an escape in a name as two, and what an object and its member say together
# is only read where it is JSON; marks of a table end a value.
ALLOWED = {in_message: 0, in_log: 0, behind_head: 2, before_fields: 3, in_quotes: 0, among_lines: 0, as_text: 0, in_body: 0, in_queue: 0, indented: 0,
           in_python: 14, deeper: 0}


def recast(cases, into):
    for case in cases:
        body = into(case)
        if body is not None:
            kept = {k: v for k, v in case.items() if k not in ("text", "json", "keep")}
            yield {**kept, **body, "keep": []}


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--driver", required=True)
    ap.add_argument("--only", help="one container")
    ap.add_argument("--misses", action="store_true")
    ap.add_argument("--size", type=int, default=1)
    ap.add_argument("--seed", type=int, default=corpus.SEED)
    o = ap.parse_args()
    cases = [c for c in corpus.build(o.seed, o.size) if not c.get("soft") and c.get("split") != "lines"]
    failed = False
    for into, allowed in ALLOWED.items():
        if o.only not in (None, into.__name__):
            continue
        made = list(recast(cases, into))
        results = [score.Result(c, a) for c, a in zip(made, score.run_driver(o.driver, made))]
        wrong = [r for r in results if not r.good]
        failed = failed or len(wrong) > allowed
        print("redaction-recast: %-14s %5d cases, %d wrong, %d allowed" % (into.__name__, len(results), len(wrong), allowed))
        for r in wrong if o.misses else ():
            score.print_miss(r, 400)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
