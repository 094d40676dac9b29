"""Numbers keep their digits: they are looked for in the bytes, not in what a reader makes of them."""


def check(run):
    raw = [r for r in run.raw_records() if b'"big"' in r]
    run.expect(len(raw) == 1 and b"123456789012345678901234567890" in raw[0], "the integer lost digits", str(raw))
