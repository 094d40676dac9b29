from traffic import request

TRACE = """Traceback (most recent call last):
  File "/var/task/app.py", line 12, in handler
    quote(event)
  File "/var/task/prices.py", line 88, in quote
    raise NoPrice(item)
NoPrice: item {0} has none
going on with the last known price"""


def prepare(run):
    s = [request("GET", "/balance", user=f"u-{i % 7}", fail="LedgerError", expect="error") for i in range(120)]
    s += [request("POST", "/pay", user="u-1", status=500, log=f'{{"level":"ERROR","message":"payment of ${{EMAIL:{i}}} was refused by the bank"}}')
          for i in range(1, 4)]
    s += [request("POST", "/quote", user="u-1", log=TRACE.format(i)) for i in range(4)]
    run.script = s


def check(run):
    steps = [r["data"]["nightjar.error.milestone"] for r in run.find({"what.event": "error.summary", "data.nightjar.error.milestone": "*",
                                                                      "data.nightjar.error.title": "~LedgerError"})]
    run.expect(sorted(steps) == [10, 20, 50, 100], "steps of one, two and five", steps)
    alerts = run.find({"what.event": "alert.errors"})
    run.expect(0 < len(alerts) < 12, "a handful of alerts, not hundreds", len(alerts))
    last = max(alerts, key=lambda r: r["seq"])
    run.expect(last["data"].get("nightjar.final") is True and last["data"]["nightjar.count"] >= 120, "the last one tells the number", last)
