"""One line about it, and one pseudonym for one address."""


def check(run):
    run.expect(len(run.diagnostic("NJ1511")) == 1, "one line about the missing key", run.diagnostic("NJ1511"))
    got = {r["data"]["email"] for r in run.records if r.get("data", {}).get("event") == "login"}
    run.expect(len(got) == 1, "one pseudonym for one address", sorted(got))
