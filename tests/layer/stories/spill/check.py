"""It was in the /tmp of that root, and is not any more."""
import os
import time


def during(run):
    """The sink comes back when the first one has left, however long that took."""
    while run.alive() and "NJ1900" not in run.file_text("extension.log"):
        time.sleep(0.005)
    with open(run.path("sink-is-back"), "w", encoding="utf-8"):
        pass


def check(run):
    there = os.listdir(os.path.join(os.path.dirname(run.tools.nightjar), "root", "tmp"))
    run.expect(not there, "something is left in /tmp of the root", there)
    first, second = (one["sinks"]["default"] for one in run.ledgers)
    run.expect(first["spilled"] == second["recovered"]["delivered"], "what was left is not what was delivered", [first, second])
