"""The rules of the house that no compiler checks: include arrows, banned functions, contracts, sizes, diagnostic codes."""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The room of each contract header.  A new header needs a row here: that is the moment to think where it belongs.
HEADERS = {
    "base": "status str buf hex punycode address clock diag json utf8 base64 hash random sha256 chain hmac pseudonym file sched",
    "net": "loop http_client http_server",
    "record": "record decode invocation enrich",
    "redact": "redact",
    "observe": "payload counters limits observe alert_rules",
    "sink": "sink",
    "deliver": "batch outlet ledger flush verdict spill",
    "aws": "sigv4",
    "lambda": "extensions_api lifecycle listener runtime_proxy",
    "config": "options commands redaction",
    "pipeline": "pipeline sidecar",
}
ROOM_OF = {name: room for room, names in HEADERS.items() for name in names.split()}

# What a room may include besides itself.  base <- net <- {lambda, deliver}; base <- record <- {redact, observe, sink} <- pipeline.
MAY = {
    "base": [],
    "net": ["base"],
    "record": ["base"],
    "redact": ["base", "record"],
    "observe": ["base", "record"],
    "sink": ["base", "record", "aws"],
    "aws": ["base"],
    "deliver": ["base", "net", "record", "sink", "aws"],
    "lambda": ["base", "net", "record"],
    "config": ["base", "record", "redact", "observe", "sink", "aws"],
    "pipeline": ["base", "net", "record", "redact", "observe", "sink", "deliver", "lambda", "config"],
    "extension": ["base", "config", "pipeline"],
}
# (file or header, header): why this one crosses.
CROSSINGS = {
    ("include/nightjar/options.h", "flush"): "the enum of the flush modes; flush is pure",
    ("include/nightjar/listener.h", "ledger"): "the listener counts posts; the ledger is plain numbers",
}
# Pure: no sockets, no clock reads, no globals.  They run in tests and fuzzers as they are.
PURE_ROOMS = ["aws", "record", "redact", "observe", "sink"]
PURE_FILES = ["src/deliver/spill_record.c", "src/deliver/spill_record.h", "src/deliver/flush.c", "src/deliver/verdict.c", "src/deliver/ledger.c", "include/nightjar/flush.h",
              "include/nightjar/verdict.h", "include/nightjar/ledger.h"]
PURE_CROSSINGS = {
    ("include/nightjar/verdict.h", "http_client"): "struct nj_http_reply, a plain struct, is what a verdict judges",
}
IMPURE_SYSTEM = re.compile(r"(sys/socket|netinet/|arpa/|netdb|poll|sys/epoll|microhttpd|curl/multi|time|sys/time)\b")

# Function -> (where it may be called, why not elsewhere).
BANNED = {
    "strcpy strncpy stpcpy strcat strncat": ([], "no room for the length; use struct nj_buf or memcpy"),
    "sprintf vsprintf": ([], "snprintf knows the room"),
    "strtok strtok_r": ([], "nj_str_cut()"),
    "atoi atol atoll atof": ([], "nj_str_u64() tells a number from none"),
    "system popen execl execlp execv execvp fork": (["tests/emulator/", "tests/unit/test_spill_faults.c"], "nightjar starts no program"),
    "gets alloca signal longjmp setjmp": ([], "see the house style"),
    "getenv secure_getenv setenv putenv": (["src/net/http_", "tests/"],  # SSL_CERT_FILE, where curl looks for proxies too
                                               "the environment is an argument (options.h)"),
    "clock_gettime gettimeofday time ftime": (["src/base/clock.c", "tests/"], "one clock, one now a turn (clock.h)"),
    "localtime gmtime strftime mktime": (["tests/"], "nj_time_format() and nj_time_parse()"),
    "rand srand random srandom drand48": ([], "nj_random_*() (random.h)"),
    "socket bind listen accept accept4 connect": (["src/net/", "src/lambda/listener", "src/lambda/proxy", "tests/"],
                                                   "the only sockets are in net and in the Runtime API proxy"),
    "poll ppoll select epoll_wait": (["src/net/", "src/base/diag.c", "src/deliver/writer.c", "src/pipeline/sidecar.c", "src/lambda/proxy",
                                      "tests/"],
                                     "the only poll that waits is the loop's (and the proxy's, on its own thread); the others ask without "
                                     "waiting or have no loop yet"),
}

FILE_LINES, FUNCTION_LINES = 800, 80


def c_files(*folders, suffixes=(".c", ".h")):
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes:
                yield path


def rel(path):
    return str(path.relative_to(ROOT))


def without_comments_and_strings(text):
    def blank(m):
        return re.sub(r"[^\n]", " ", m.group())

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def room_of(path):
    parts = path.relative_to(ROOT).parts
    if parts[0] == "include":
        return ROOM_OF.get(path.stem)
    return parts[1] if parts[0] == "src" else "extension"


def arrows():
    crossed = set()
    for path in c_files("include", "src", "extension"):
        room = room_of(path)
        if room not in MAY:
            yield f"{rel(path)}: no room for it in tests/lint/house.py"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            at = f"{rel(path)}:{number}"
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if not m:
                continue
            pure = room in PURE_ROOMS or rel(path) in PURE_FILES
            if m[1] == "<":
                if pure and IMPURE_SYSTEM.match(m[2]):
                    yield f"{at}: {room} is pure and may not include <{m[2]}>"
                continue
            if not m[2].startswith("nightjar/"):
                if not (path.parent / m[2]).is_file():
                    yield f'{at}: "{m[2]}" is not beside this file; headers of other rooms are in include/nightjar'
                continue
            name, suffix = Path(m[2]).stem, Path(m[2]).suffix
            if suffix == ".def":
                continue  # tables are data: everybody may print them
            other = ROOM_OF.get(name)
            if other is None:
                yield f"{at}: {m[2]} has no room in tests/lint/house.py"
            elif pure and other == "net" and (rel(path), name) in PURE_CROSSINGS:
                crossed.add((rel(path), name))
            elif pure and other == "net":
                yield f"{at}: {rel(path)} is pure and may not include net ({m[2]})"
            elif other != room and other not in MAY[room] and (rel(path), name) in CROSSINGS:
                crossed.add((rel(path), name))
            elif other != room and other not in MAY[room]:
                yield f"{at}: {room} may not include {other} ({m[2]})"
    for who, name in set(CROSSINGS) | set(PURE_CROSSINGS):
        if (who, name) not in crossed and (ROOT / who).is_file():
            yield f"tests/lint/house.py: the exception for {who} and {name}.h is not needed any more"


def banned():
    calls = {name: (places, why) for names, (places, why) in BANNED.items() for name in names.split()}
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(calls) + r")\s*\(")
    for path in c_files("include", "src", "extension", "tests"):
        text = without_comments_and_strings(path.read_text())
        for number, line in enumerate(text.splitlines(), 1):
            for m in pattern.finditer(line):
                places, why = calls[m[1]]
                if not any(rel(path).startswith(p) for p in places):
                    yield f"{rel(path)}:{number}: {m[1]}() is banned here: {why}"


def contracts():
    for path in c_files("include"):
        text = path.read_text()
        if not text.startswith(f"/* nightjar/{path.name} -- "):
            yield f"{rel(path)}: does not open with its contract: /* nightjar/{path.name} -- ..."
            continue
        words = text[: text.index("*/")]
        if path.stem not in ("status", "utf8") and not re.search(r"^ \* (Blocking|Globals|Ownership|Errors|Units|Limits|Exit codes)", words,
                                                                 re.M):
            yield f"{rel(path)}: its contract says nothing on ownership, limits, errors or blocking"
    for path in c_files("src", "extension", "tests"):
        if not path.read_text().startswith("/* "):
            yield f"{rel(path)}: does not begin with a sentence on what it is for"
    for path in c_files("include", suffixes=(".def",)):
        if not path.read_text().startswith("/* "):
            yield f"{rel(path)}: does not say what its columns are"


def sizes():
    for path in c_files("include", "src", "extension", "tests"):
        lines = path.read_text().splitlines()
        if len(lines) > FILE_LINES:
            yield f"{rel(path)}: {len(lines)} lines, at most {FILE_LINES}"
        start = None
        for number, line in enumerate(lines, 1):
            if line == "{":
                start = number
            elif line == "}" and start is not None:
                if number - start - 1 > FUNCTION_LINES:
                    yield f"{rel(path)}:{start}: a function of {number - start - 1} lines, at most {FUNCTION_LINES}"
                start = None


def codes():
    table = (ROOT / "include/nightjar/diag_codes.def").read_text()
    known = re.findall(r"^NJ_DIAG_CODE\((NJ\d{4}),", table, re.M)
    for code in {c for c in known if known.count(c) > 1}:
        yield f"include/nightjar/diag_codes.def: {code} stands there twice"
    if known != sorted(known):
        yield "include/nightjar/diag_codes.def: the codes are not in order"
    used = set()
    for path in c_files("src", "extension"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            for code in re.findall(r'"(NJ\d{4})"', line):
                used.add(code)
                if code not in known:
                    yield f"{rel(path)}:{number}: {code} is not in include/nightjar/diag_codes.def"
    for code in known:
        if code not in used:
            yield f"include/nightjar/diag_codes.def: nothing says {code} any more"


ATTRIBUTE = re.compile(r'^NJ_ATTRIBUTE\("([^"]+)", (WHO|WHERE|DATA), (\w+), "[^"]*", "([^"]+)", "[^"]+"\)$', re.M)
OWN_EVENT = re.compile(r'^NJ_OWN_EVENT\("([^"]+)", "[^"]+"\)$', re.M)
OWN_NAME = re.compile(r'"(nightjar\.[a-z][a-z0-9_.]*[a-z0-9_])\\?"')
ANY_NAME = re.compile(r'"([a-z][a-z0-9_.]+)\\?"')
WRITER = re.compile(r'\bnj_(?:attrs|finding)_(\w+)\([^",;]+, (?:NJ_STR\()?"([a-z][a-z0-9_.]+)"')
# What nj_attrs_*() and nj_finding_*() write.
WRITES = {"str": "STRING TIME ANY", "time": "TIME", "i64": "INTEGER", "f64": "NUMBER", "bool": "BOOLEAN", "whos": "STRINGS", "who": "STRING",
          "registers": "STRING", "top": "OBJECTS", "json": "STRINGS OBJECT OBJECTS ANY", "json_end": "STRINGS OBJECT OBJECTS ANY"}


def attributes():
    table = "include/nightjar/attributes.def"
    lines = [line for line in (ROOT / table).read_text().splitlines() if line.startswith("NJ_ATTRIBUTE")]
    rows = [m.groups() for m in map(ATTRIBUTE.match, lines) if m]
    if len(rows) != len(lines):
        yield f"{table}: {len(lines) - len(rows)} rows cannot be read; each is one line"
    places = [row[:2] for row in rows]
    for name, place in sorted({p for p in places if places.count(p) > 1}):
        yield f"{table}: {name} of {place} stands there twice"
    types = {name: {row[2] for row in rows if row[0] == name} for name, _ in places}
    events = set(OWN_EVENT.findall((ROOT / "include/nightjar/own_events.def").read_text()))
    unused = set(types) | events
    for path in c_files("src"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            at = f"{rel(path)}:{number}"
            for name in OWN_NAME.findall(line):
                if name not in types and name not in events:
                    yield f"{at}: {name} has no row in {table}"
            for how, name in WRITER.findall(line):
                if how in WRITES and name in types and not types[name] & set(WRITES[how].split()):
                    yield f"{at}: {name} is {' or '.join(types[name])} in {table}, but written by _{how}()"
            unused -= set(ANY_NAME.findall(line))
    for name in sorted(unused):
        yield f"{table if name in types else 'include/nightjar/own_events.def'}: nothing writes {name} any more"


# Files that give bytes to somebody outside of the process, and why each is no second door.
WAYS_OUT = {
    "src/base/diag.c": "our own words, which pass the filter of the sidecar",
    "src/config/": "commands for people: no sandbox, no sink",
    "extension/": "commands for people: no sandbox, no sink",
    "src/deliver/writer.c": "finished batches",
    "src/pipeline/changes.c": "names of variables and layers, for the next sandbox, where NIGHTJAR_STATE says so",
    "src/net/": "requests of others; what a sink is sent is a finished batch",
    "src/lambda/proxy": "the bytes of the runtime and the platform, unread",
}
OUTPUT = re.compile(r"(?<![\w.>])(write|writev|pwrite|send|sendto|sendmsg|sendfile|fwrite|fprintf|vfprintf|fputs|fputc|puts|printf|"
                    r"vprintf|dprintf|putchar|syslog)\s*\(")
# The only maker of struct nj_clean; encoders and outlets take nothing else.
DOOR = "src/redact/redactor.c"


def door():
    for path in c_files("src", "extension", "include"):
        text = without_comments_and_strings(path.read_text())
        name, room = rel(path), room_of(path)
        for number, line in enumerate(text.splitlines(), 1):
            at = f"{name}:{number}"
            if OUTPUT.search(line) and not any(name.startswith(way) for way in WAYS_OUT):
                yield f"{at}: a way out of the process; tests/lint/house.py names those there are"
            if name == DOOR:
                continue
            if room in ("sink", "deliver") and re.search(r"\bstruct nj_(record|payload|facts)\b", line):
                yield f"{at}: {room} sees redacted records only (struct nj_clean)"
            if re.search(r"(?<!const )\bstruct nj_clean\s*\*", line) and name != "include/nightjar/redact.h":
                yield f"{at}: only {DOOR} makes a struct nj_clean"
            if re.search(r"\bclean(->|\.)[\w.\[\]>-]*\s*=[^=]|\(struct nj_clean\)\s*{", line) and room != "redact":
                yield f"{at}: only {DOOR} fills a struct nj_clean"


CHECKS = {"door": door, "arrows": arrows, "banned": banned, "contracts": contracts, "sizes": sizes, "codes": codes,
          "attributes": attributes}


def main(names):
    failed = False
    for name in names or CHECKS:
        findings = list(CHECKS[name]())
        for finding in findings:
            print(f"lint: {name}: {finding}")
        if not findings:
            print(f"lint: {name} ok")
        failed = failed or bool(findings)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
