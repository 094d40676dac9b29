"""What the first process left is what the second one delivered."""
import os


def during(run):
    """The sink comes back when the first one has left, however long that took."""
    run.wait_until_one_left()
    run.touch("sink-is-back")


def check(run):
    first, second = (one["sinks"]["default"] for one in run.ledgers)
    run.expect(first["spilled"] == second["recovered"]["delivered"], "what was left is not what was delivered", [first, second])
    run.expect(second["spilled"] == 0 and "recovered" not in first, "the second has something left, or the first found something")
    run.expect(not os.listdir(run.environment["NIGHTJAR_SPILL_DIR"]), "something is left on disk", run.spilled())
