"""The limit holds for what leaves, and nearly all of it is used."""
LIMIT = 8 << 10


def prepare(run):
    """A list of sentences, and one of addresses, which are as long as what takes their place, or shorter."""
    sentences = {"echo": [f"item {i} of many" for i in range(2000)], "last": "the end"}
    addresses = [f"a{i}@b{i % 10}.co" for i in range(1200)]
    run.script = [{"event": event, "expect": "success"} for event in (sentences, addresses)]


def check(run):
    payloads = 0
    for line in run.raw_records():
        if b'"invocation.input"' not in line and b'"invocation.response"' not in line:
            continue
        payload = line.split(b'"data":{"payload":', 1)[1].split(b',"nightjar.payload.size"', 1)[0]
        run.expect(LIMIT - 100 <= len(payload) <= LIMIT, f"{len(payload)} bytes of payload", payload[-100:])
        run.expect(b"@b" not in payload, "addresses are redacted")
        payloads += 1
    run.expect(payloads == 4, f"{payloads} payloads")
