"""Strictly decoded: json.loads() would already have refused, this names the record."""


def check(run):
    for raw in run.raw_records():
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as e:
            run.expect(False, f"a record is no UTF-8: {e}", raw[:300].decode("latin-1"))
        run.expect(not any(b < 0x20 for b in raw), "a record has raw control characters", raw[:300].decode("latin-1"))
