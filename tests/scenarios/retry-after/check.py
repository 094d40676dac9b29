"""Measures the silence after each 429, lane by lane: lanes are told apart by the batch id that comes again."""

BATCH = "nightjar-batch-id"


def check(run):
    for i, refused in enumerate(run.requests):
        if refused["status"] != 429:
            continue
        again = next((r for r in run.requests[i + 1:] if r["headers"].get(BATCH) == refused["headers"].get(BATCH)), None)
        if run.expect(again is not None, "a refused batch never came again", refused["headers"]):
            waited = again["ms"] - refused["ms"]
            run.expect(waited >= 990, f"the sink asked for a second, nightjar came back after {waited} ms")
