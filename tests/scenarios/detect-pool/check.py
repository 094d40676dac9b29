from traffic import pool


def prepare(run):
    run.script = [pool("PreAuthentication", "u-1"), pool("PostAuthentication", "u-1")]
    run.script += [pool("PreAuthentication", "u-2") for _ in range(6)]
    run.script += [pool("PreAuthentication", "u-1", gap=2300), pool("PostAuthentication", "u-1", gap=100)]


def check(run):
    failed = {r["who"]["enduser.pseudo.id"] for r in run.find({"what.event": "authn_login_fail"})}
    guessed = {r["who"]["enduser.pseudo.id"] for r in run.find({"what.event": "authn_login_fail_max"})}
    run.expect(len(failed) == 1 and failed == guessed, "who failed is who was guessed", [sorted(failed), sorted(guessed)])
