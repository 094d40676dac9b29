"""The disk holds no more than it may, and what was found out of the first invocation is there."""
import os


def check(run):
    files = run.spilled()
    size = sum(os.path.getsize(f) for f in files)
    run.expect(size <= 512 << 10, f"{size} bytes are on disk")
    error = any(b'"error.new"' in open(f, "rb").read() for f in files if os.path.basename(f).startswith("c-"))
    run.expect(error, "the error is not among the critical batches on disk", files)
