from traffic import address, login, request


def prepare(run):
    run.script = [login(1, 20 + i, "203.0.113.1", agent="agent/1") for i in range(11)] + [login(1, 1, "203.0.113.1", True, agent="agent/1")]
    run.script += [login(2, 20 + i, address(i), agent=f"agent/2{i}") for i in range(6)]
    mfa = {"username": "${EMAIL:3}", "otp": "123456"}
    run.script += [request("POST", "/mfa", "203.0.113.3", "agent/3", body=mfa, status=401) for i in range(6)]
    run.script += [login(10 + i % 8, 20 + i, "203.0.113.4", agent="agent/4") for i in range(24)]


def check(run):
    whos = {p for r in run.find({"what.category": "authentication"}) for p in r["data"].get("nightjar.account_pseudonyms", [])}
    run.expect(whos and all(w.startswith("hmac:k1:") for w in whos), "findings name pseudonyms", whos)
    joe = run.find({"what.event": "authn_login_successafterfail"})[0]["who"]["enduser.pseudo.id"]
    guessed = run.find({"what.event": "authn_login_fail_max", "who.enduser.pseudo.id": joe})
    run.expect(len(guessed) == 1, "who was guessed and who got in are one person", guessed)
