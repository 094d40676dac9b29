from traffic import request

LINE = "order 4711 of the batch was priced and stored in 12 ms"


def prepare(run):
    one = [{"contact": f"${{EMAIL:{i}}}"} for i in range(1, 61)]
    s = [request("GET", "/me", user=f"u-{i}", answer=one[i], log=LINE) for i in range(40)]
    s += [request("GET", "/me", "203.0.113.1", user="u-1", answer={"all": one}, log=LINE)]
    s += [request("GET", "/me", "203.0.113.2", answer=one[2], log=LINE)]
    s += [request("POST", "/prices", user="u-99", log=LINE) for _ in range(22)]
    s += [request("POST", "/prices", user="u-99") for _ in range(52)]
    s += [request("POST", "/prices", user="u-98", log=LINE)]
    run.script = s


def check(run):
    rows = run.find({"what.event": "usage.summary"})
    run.expect(sum(r["data"]["nightjar.calls"] for r in rows) == 117, "every call is in a row of usage", [r["data"] for r in rows])
    most = max(rows, key=lambda r: r["data"]["nightjar.calls"] if not r["data"].get("nightjar.other") else 0)
    run.expect(most["data"]["nightjar.calls"] == 74 and most["data"]["enduser.pseudo.id"].startswith("hmac:"), "who used most", most)
    billed = sum(r["data"].get("nightjar.billed_ms", 0) for r in run.find({"what.event": "invocation.summary"}))
    told = run.find({"what.event": "cost.summary"})[-1]["data"]
    run.expect(abs(told["nightjar.billed_ms"] - billed) < 1, "the bill is the sum of the invocations", [billed, told])
    sums = {name: sum(r["data"][name] for r in rows) for name in ("nightjar.billed_ms", "nightjar.cost.usd")}
    run.expect(abs(sums["nightjar.billed_ms"] - billed) < 1, "and so is usage", [billed, sums])
