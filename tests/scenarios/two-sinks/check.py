"""What one sink does not want is counted there and only there."""


def check(run):
    for ledger in run.ledgers:
        run.expect(ledger["sinks"]["quick"]["unwanted"] == 0, "the quick sink wants everything", ledger)
        run.expect(ledger["sinks"]["slow"]["unwanted"] > 0, "the slow sink wants logs only", ledger)
    for q in run.requests:
        if q["path"] == "/slow":
            odd = [r for r in run.of_request(q) if r["what"]["category"] not in ("log", "ledger")]
            run.expect(not odd, "the slow sink got what it does not want", odd[:1])
