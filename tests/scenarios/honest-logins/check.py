from traffic import address, login, request


def prepare(run):
    s = []
    for i in range(100):  # one in ten mistypes, once
        who = 1 + i % 50
        if i % 10 == 0:
            s.append(login(who, 60 - who, "203.0.113.8"))
        s.append(login(who, who, "203.0.113.8", True))
    for i in range(60):
        if i % 15 == 0:
            s += [login(1 + i, 1 + (i + n) % 60, address(i)) for n in (7, 8)]
        s.append(login(1 + i, 1 + i, address(i), True))
    s += [request("GET", "/feed", "203.0.113.9", "ExampleApp/3.1 (Android 14)", status=401) for _ in range(2000)]
    run.script = s


def check(run):
    wrong = [r for r in run.records if r["what"]["severity"] in ("ERROR", "FATAL") and r["what"]["event"] != "error.summary"]
    run.expect(not wrong, "nothing is worse than a warning", [r["message"] for r in wrong])
