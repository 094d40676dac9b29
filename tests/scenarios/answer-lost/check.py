"""Copies carry the batch id and the record ids of the first try."""


def check(run):
    by_batch = {}
    for q in run.requests:
        by_batch.setdefault(q["headers"].get("nightjar-batch-id"), []).append(q)
    run.expect(None not in by_batch, "a request without batch id")
    twice = [qs for qs in by_batch.values() if len(qs) > 1]
    run.expect(len(twice) >= 1, "no batch came twice")
    for first, again, *_ in twice:
        a, b = ([r["id"] for r in run.of_request(q)] for q in (first, again))
        run.expect(a == b, "the copy of a batch is not the batch", [a, b])
