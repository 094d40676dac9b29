"""Writes what the fuzzers start from: seeds.py TARGET DIRECTORY.  The layout of an input is told in the target's source."""
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "redaction"))

import corpus  # noqa: E402 (its folder is known only now)

PRESETS = ("default", "strict", "pci", "hipaa", "off")  # as fuzz_redact.c has them
MOST = 4000

MESSAGES = (
    b"POST /2018-06-01/runtime/invocation/8476a536/response HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nContent-Length: 17\r\n\r\n{\"statusCode\":200}",
    b"POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: Lambda-Runtime-Function-Error-Type\r\n\r\n"
    b"5\r\nhello\r\n0\r\nLambda-Runtime-Function-Error-Type: E\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536\r\nLambda-Runtime-Deadline-Ms: 1790000000000\r\nContent-Length: 2\r\n\r\n{}",
    b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n", b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
)


def redact():
    for case in corpus.build(5, 3000):
        body = case["text"] if "text" in case else corpus.compact(case["json"])
        lines = len(PRESETS) if case.get("split") else 0
        yield bytes([PRESETS.index(case["policy"]) + lines]) + body.encode()


RULES = (
    [{"name": "customer_no", "pattern": "\\bKD-[0-9]{8}\\b", "action": "hmac"}],
    [{"name": "badge", "pattern": "\\b[A-Z]{2}[0-9]{6}\\b", "context": ["badge", "employee"]}],
    [{"name": "loyalty_card", "pattern": "\\b29[0-9]{11}\\b", "validator": "luhn", "action": "last4"}],
    [{"name": "salary", "keys": ["salary*", "*_pay", "a.b.*"], "action": "remove"}],
    [{"name": "dump", "pattern": "BODY:", "action": "truncate"}, {"name": "probe", "pattern": "(health|ready)-check", "action": "drop_record"}],
    {"actions": {"ip": "partial", "email": "mask", "pan": "hmac"}, "numeric_mask": "null", "rules": [{"name": "c", "keys": ["x"], "class": "ip"}]},
    {"actions": {"pan": "bin_last4"}, "allow_values": ["hmac:k1:7c8f36cfc2ffd62c"], "safe_paths": {"sqs": ["payload.*.name", "a.b.token"], "http": ["*.secret"]}},
)
PATTERNS = ("KD-[0-9]{8}", "\\b[A-Z]{2}\\d{6}\\b", "^(foo|bar)-(1|22)x?$", "[^,;]{3,8}", "-?\\d{3}", "a.{0,5}b", "(a|b|c)(d|e)?[f-h]{1,3}", "\\w{3}\\s\\S{1,4}")
LISTS = ((b"user*,*name", b"token,*cookie*"), (b"a.b.*,*.secret", b"a.b.token,*.password"), (b"*", b""), (b"payload.body.*", b"payload.body.user.*"))


def rules():
    texts = [case["text"] if "text" in case else corpus.compact(case["json"]) for case in corpus.build(8, 200)]
    for number, text in enumerate(texts):
        yield b"\x00" + json.dumps(RULES[number % len(RULES)]).encode() + b"\x00" + text.encode()
        yield b"\x01" + PATTERNS[number % len(PATTERNS)].encode() + b"\x00" + text.encode()
        yield b"\x02" + b"\x00".join(LISTS[number % len(LISTS)]) + b"\x00" + text.encode()
        nested = {"a": {"b": {"token": "x1y2z3", "list": [{"secret": text}]}}, "payload": {"body": json.dumps({"user": {"name": text}})}}
        yield b"\x02" + b"\x00".join(LISTS[number % len(LISTS)]) + b"\x00" + json.dumps(nested).encode()


def decode():
    folder = os.path.join(HERE, "..", "fixtures", "decode")
    for where, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(where, name), "rb") as f:
                yield f.read()
    for case in corpus.build(6, 600):
        record = case["text"] if "text" in case else case["json"]
        yield json.dumps([{"time": "2026-11-04T10:11:12.000Z", "type": "function", "record": record}]).encode()


def payload():
    for kind, case in enumerate(corpus.build(7, 1500)):
        body = corpus.compact(case["json"]) if "json" in case else case["text"]
        yield bytes([kind % 64, 255]) + body.encode()


def proxy():
    for message in MESSAGES:
        for kind in (0, 1, 2, 3, 0x55, 0xfe):
            yield bytes([kind]) + message


def observe():
    """Input, answer and lines of each case, in one."""
    root = os.path.join(HERE, "..", "fixtures", "observe")
    for case in sorted(os.listdir(root)):
        parts = []
        for names in (["event.json"], ["response.json", "error.json"], ["logs.ndjson"]):
            there = [os.path.join(root, case, n) for n in names if os.path.isfile(os.path.join(root, case, n))]
            text = open(there[0], "rb").read() if there else b""
            parts.append(text if names[0] == "logs.ndjson" or not text else json.dumps(json.loads(text)).encode())
        yield b"\n\n".join(parts)


def spill_read():
    """What a batch may be cut into; the target makes a file of it.  And files as they are, of the wrong version or empty."""
    lines = [json.dumps(case).encode() for case in corpus.build(9, 400)]
    for number in range(0, len(lines), 4):
        for kind in range(6):
            yield bytes([kind]) + b"\n".join(lines[number:number + 1 + number % 4]) + bytes([7, 0] * 3)  # no change: a zero is there
    yield bytes([8]) + b"njspill\0\1\0\0\0" + bytes(150)
    yield bytes([16])


def main():
    target, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    made = {"fuzz_redact": redact, "fuzz_decode": decode, "fuzz_payload": payload, "fuzz_proxy": proxy,
            "fuzz_observe": observe, "fuzz_rules": rules, "fuzz_spill_read": spill_read}.get(target, lambda: [b"{}"])
    for number, seed in enumerate(made()):
        if len(seed) <= MOST:
            with open(os.path.join(directory, "seed-%05d" % number), "wb") as f:
                f.write(seed)


if __name__ == "__main__":
    main()
