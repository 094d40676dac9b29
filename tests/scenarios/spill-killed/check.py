"""What was on disk came; what was cut off in the middle of a write did not."""
import os


def check(run):
    out = run.ledgers[0]["sinks"]["default"]["recovered"]
    run.expect(out["records"] >= 500 and out["delivered"] == out["records"], "what was found was not delivered", out)
    run.expect(out["refused"] <= 3, "each kill costs one file at most", out)
    run.expect(not os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]), "something is left on disk", run.spilled())
