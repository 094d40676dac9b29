from traffic import login


def prepare(run):
    run.script = [login(1 + i, 60 - i if i != 30 else 1, "203.0.113.7", agent="python-requests/2.32") for i in range(54)]
    run.script += [login(55, 55, "203.0.113.7", True, agent="python-requests/2.32")]


def check(run):
    at = [i for i, v in enumerate(run.report["invocations"]) if v["requestId"] in
          {r["where"]["faas.invocation_id"] for r in run.find({"what.event": "authn.stuffing", "what.severity": "ERROR"})}]
    run.expect(at and at[0] < 30, "found within thirty attempts", at)
    told = run.find({"what.event": "authn.stuffing", "what.severity": "FATAL"})[0]["data"]
    run.expect(len(told["nightjar.account_pseudonyms"]) == 20, "twenty accounts are named", told)
