"""Nothing came twice, and nothing is left on disk."""
import os


def check(run):
    ids = [r["id"] for r in run.records]
    run.expect(len(ids) == len(set(ids)), f"{len(ids) - len(set(ids))} records came twice")
    run.expect(not os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]), "something is left on disk", run.spilled())
