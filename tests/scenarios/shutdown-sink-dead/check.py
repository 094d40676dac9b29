"""What lies on disk: a directory and files that nobody else may open, as many records as the ledger says."""
import os
import struct


def check(run):
    files = run.spilled()
    run.expect(files, "nothing is on disk")
    records = 0
    for path in files:
        for one, mode in ((path, 0o600), (os.path.dirname(path), 0o700)):
            run.expect(os.stat(one).st_mode & 0o7777 == mode, f"{one} has mode {os.stat(one).st_mode & 0o7777:o}")
        with open(path, "rb") as f:
            head = f.read(24)
        run.expect(head[:8] == b"njspill\0", "a file begins otherwise", head)
        records += struct.unpack("<I", head[20:24])[0]
    spilled = run.ledger_sum("sinks.default.spilled")
    run.expect(records == spilled, f"{records} records are on disk, the ledger says {spilled}")
