from traffic import keyed, request


def one_each(i, gap):
    return [request("GET", "/orders", user="u-9", gap=gap), keyed("/prices", "partner-1", gap=gap),
            request("GET", "/stock", user=f"u-{100 + i}", tenant="blue", gap=gap)]


def prepare(run):
    s = [c for i in range(6) for c in one_each(i, 330)]
    s += [request("GET", "/orders", user="u-9") for _ in range(120)]
    s += [keyed("/prices", "partner-1") for _ in range(120)]
    s += [request("GET", "/stock", user=f"u-{100 + i}", tenant="blue") for i in range(120)]
    run.script = s


def check(run):
    for r in run.find({"what.event": "usage.excess"}):
        run.expect(r["data"]["nightjar.count"] > 10 * r["data"]["nightjar.usual.calls"], "it is far above what is usual", r["data"])
