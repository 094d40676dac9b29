"""It was in the /tmp of that root, and is not any more."""
import os


def during(run):
    """The sink comes back when the first one has left, however long that took."""
    run.wait_until_one_left()
    run.touch("sink-is-back")


def check(run):
    there = os.listdir(os.path.join(os.path.dirname(run.tools.nightjar), "root", "tmp"))
    run.expect(not there, "something is left in /tmp of the root", there)
    first, second = (one["sinks"]["default"] for one in run.ledgers)
    run.expect(first["spilled"] == second["recovered"]["delivered"], "what was left is not what was delivered", [first, second])
