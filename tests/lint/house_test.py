"""house.py must find what it is for: each rule is broken once in a tree made for that."""
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import house

GOOD = {
    "include/nightjar/str.h": "/* nightjar/str.h -- text.\n *\n * Blocking   never.\n */\n",
    "include/nightjar/diag_codes.def": '/* Codes. */\nNJ_DIAG_CODE(NJ1001, "a", "b")\n',
    "include/nightjar/attributes.def": '/* A. */\nNJ_ATTRIBUTE("nightjar.count", DATA, INTEGER, "", "*", "How many.")\n',
    "include/nightjar/own_events.def": '/* E. */\nNJ_OWN_EVENT("nightjar.start", "First.")\n',
    "src/observe/say.c": '/* Say. */\nint a = nj_finding_i64(&f, "nightjar.count", 1);\nconst char *e = "nightjar.start", *j = ",\\"nightjar.count\\":";\n',
    "src/base/str.c": '/* Text. */\n#include "nightjar/str.h"\nconst char *f(void)\n{\n    return "NJ1001"; /* strcpy( */\n}\n',
    "extension/main.c": '/* Main. */\n#include "nightjar/options.h"\n',
    "tests/unit/test_str.c": "/* Tests. */\n",
}
LONG = "/* Long. */\nvoid f(void)\n{\n" + "    g();\n" * 81 + "}\n"

# check, file, its text, what the finding must hold
BAD = [
    ("door", "src/observe/x.c", "/* T. */\nint x = fwrite(a, 1, 2, f);\n", "a way out of the process"),
    ("door", "src/sink/x.c", "/* T. */\nvoid f(const struct nj_record *r);\n", "sees redacted records only"),
    ("door", "src/pipeline/x.c", "/* T. */\nvoid f(struct nj_clean *c);\n", "makes a struct nj_clean"),
    ("door", "src/pipeline/x.c", "/* T. */\nvoid f(void)\n{\n    p->clean.message = raw;\n}\n", "fills a struct nj_clean"),
    ("door", "src/pipeline/x.c", "/* T. */\nvoid f(void)\n{\n    g(&(struct nj_clean){ .message = raw });\n}\n", "fills a struct nj_clean"),
    ("arrows", "src/base/str.c", '/* T. */\n#include "nightjar/loop.h"\n', "base may not include net"),
    ("arrows", "src/record/decode.c", '/* T. */\n#include "nightjar/http_client.h"\n', "pure"),
    ("arrows", "src/redact/redact.c", "/* T. */\n#include <sys/socket.h>\n", "pure"),
    ("arrows", "src/deliver/flush.c", '/* T. */\n#include "nightjar/loop.h"\n', "pure"),
    ("arrows", "src/sink/sink.c", '/* T. */\n#include "nightjar/batch.h"\n', "sink may not include deliver"),
    ("arrows", "src/net/loop.c", '/* T. */\n#include "nightjar/nosuch.h"\n', "no room"),
    ("arrows", "src/net/loop.c", '/* T. */\n#include "../base/inner.h"\n', "not beside"),
    ("arrows", "include/nightjar/nosuch.h", "/* nightjar/nosuch.h -- x */\n", "no room"),
    ("banned", "src/base/str.c", "/* T. */\nvoid f(void)\n{\n    strcpy(a, b);\n}\n", "strcpy() is banned"),
    ("banned", "src/net/loop.c", "/* T. */\nint x = getenv (n);\n", "getenv() is banned"),
    ("banned", "src/record/x.c", "/* T. */\nint x = clock_gettime(a, b);\n", "clock_gettime() is banned"),
    ("contracts", "include/nightjar/str.h", "#pragma once\n", "contract"),
    ("contracts", "include/nightjar/str.h", "/* nightjar/str.h -- text. */\n", "says nothing"),
    ("contracts", "src/base/str.c", "int x;\n", "sentence"),
    ("sizes", "src/base/str.c", LONG, "function of 81 lines"),
    ("sizes", "src/base/str.c", "/* T. */\n" + "\n" * 800, "at most 800"),
    ("codes", "src/base/str.c", '/* T. */\nconst char *c = "NJ1002";\n', "NJ1002 is not in"),
    ("codes", "src/base/str.c", "/* T. */\n", "nothing says NJ1001"),
    ("attributes", "src/observe/x.c", '/* T. */\nnj_attrs_str(l, NJ_STR("nightjar.counts"), v);\n', "nightjar.counts has no row"),
    ("attributes", "src/observe/x.c", '/* T. */\nadd(b, ",\\"nightjar.counts\\":");\n', "nightjar.counts has no row"),
    ("attributes", "src/observe/x.c", '/* T. */\nnj_attrs_str(l, NJ_STR("nightjar.count"), v);\n', "is INTEGER"),
    ("attributes", "src/observe/say.c", '/* T. */\nconst char *e = "nightjar.start";\n', "nothing writes nightjar.count any more"),
    ("attributes", "src/observe/say.c", '/* T. */\nconst char *e = "nightjar.count";\n', "nothing writes nightjar.start any more"),
    ("attributes", "include/nightjar/attributes.def", '/* A. */\nNJ_ATTRIBUTE("a.b", DATA, X)\n', "cannot be read"),
    ("attributes", "include/nightjar/attributes.def", '/* A. */\n' + 2 * 'NJ_ATTRIBUTE("a", WHO, STRING, "", "*", "A.")\n', "twice"),
    ("codes", "include/nightjar/diag_codes.def", '/* C. */\nNJ_DIAG_CODE(NJ1001, "", "")\nNJ_DIAG_CODE(NJ1001, "", "")\n', "twice"),
]


def findings(check, changes):
    with tempfile.TemporaryDirectory() as folder:
        house.ROOT = Path(folder)
        for name, text in {**GOOD, **changes}.items():
            path = house.ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(house.CHECKS[check]())


def main():
    failed = []
    for check in house.CHECKS:
        if findings(check, {}):
            failed.append(f"{check}: finds fault with a good tree: {findings(check, {})}")
    for check, name, text, want in BAD:
        found = findings(check, {name: text})
        if not any(want in f for f in found):
            failed.append(f"{check}: \"{want}\" not found for {name}: {found}")
    for line in failed:
        print(f"lint: selftest: {line}")
    if not failed:
        print("lint: selftest ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
