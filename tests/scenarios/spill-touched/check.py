"""Touches the files while neither process runs."""
import os

PLANTED = b'{"when":"2026-11-04T10:11:12.000000Z","what":{"event":"planted"},"message":"planted"}\n'


def during(run):
    run.wait_until_one_left()
    files = [f for f in run.spilled() if os.path.basename(f).startswith("b-")]
    run.expect(len(files) >= 4, f"only {len(files)} files on disk")
    altered, cut, link = files[:3]
    with open(altered, "r+b") as f:
        data = f.read()
        at = data.index(b'"message":"') + 11
        f.seek(at)
        f.write(b"PLANTED")
    os.truncate(cut, os.path.getsize(cut) - 40)
    secret = run.path("secret")
    with open(secret, "wb") as f:
        f.write(PLANTED)
    os.unlink(link)
    os.symlink(secret, link)
    folder = os.path.dirname(altered)
    for name in ("notes.txt", "x" * 34):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(PLANTED)
    with open(os.path.join(folder, "b-" + "0123456789abcdef" * 2), "wb") as f:
        f.write(PLANTED)
    other = os.path.join(run.environment["NIGHTJAR_SPILL_DIR"], "nightjar-spill-notes")
    os.mkdir(other, 0o700)


def check(run):
    run.expect(not run.find({"message": "~(?i)planted"}), "something planted was sent")
    run.expect(os.path.exists(run.path("secret")), "what a link led to was removed")
    run.expect(os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]) == ["nightjar-spill-notes"], "left on disk", run.spilled())
