"""What stalls is at the sink before it has ended, in few requests."""
from datetime import datetime


def ms_of(text):
    return datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00").timestamp() * 1000


def check(run):
    ends = {r["where"]["faas.invocation_id"]: ms_of(r["when"]) for r in run.find({"what.event": "platform.runtimeDone"})}
    stalled = [(ms_of(q["at"]), r) for q in run.requests for r in run.of_request(q) if r["what"]["event"] == "performance.stalled"]
    for at, r in stalled:
        left = ends[r["where"]["faas.invocation_id"]] - at
        least = 100 if r["data"]["nightjar.stalled.reason"] == "deadline" else 500
        run.expect(left >= least, "a stalled call is at the sink while it burns", f"{left:.0f} ms before its end: {r}")
        run.expect(at - ms_of(r["when"]) < 300, "it goes at once", f"after {at - ms_of(r['when']):.0f} ms")
    alerts = [ms_of(q["at"]) for q in run.requests for r in run.of_request(q) if r["what"]["event"] == "alert.performance"]
    first = run.report["invocations"][0]["requestId"]
    run.expect(min(alerts) <= ends[first] - 500, "the alert leaves while the first call burns", alerts)
