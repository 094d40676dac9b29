"""Nothing is on disk."""
import os


def check(run):
    run.expect(not os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]), "something is on disk", run.spilled())
