"""Early: waiting for the deadline is billed."""


def check(run):
    left = [x for x in run.report["extensions"] if x["name"] == "nightjar"][0]
    run.expect(left["exit"]["msBeforeDeadline"] > 1000, f"nightjar left {left['exit']['msBeforeDeadline']} ms before the deadline", left)
