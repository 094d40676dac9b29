"""What the first process left is what the second one delivered."""
import os
import time


def during(run):
    """The sink comes back when the first one has left, however long that took."""
    while run.alive() and "NJ1900" not in run.file_text("extension.log"):
        time.sleep(0.005)
    with open(run.path("sink-is-back"), "w", encoding="utf-8"):
        pass


def check(run):
    first, second = (one["sinks"]["default"] for one in run.ledgers)
    run.expect(first["spilled"] == second["recovered"]["delivered"], "what was left is not what was delivered", [first, second])
    run.expect(second["spilled"] == 0 and "recovered" not in first, "the second has something left, or the first found something")
    run.expect(not os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]), "something is left on disk", run.spilled())
