"""What expect.json cannot say of this story."""


def check(run):
    said = [d for d in run.diagnostics if d.get("code") in ("NJ1502", "NJ1506")]
    run.expect(any("NIGHTJAR_SINK" in d["text"] for d in said), "nothing names NIGHTJAR_SINK", said)
