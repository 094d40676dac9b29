from traffic import keyed, request


def prepare(run):
    s = []
    for second in range(6):
        s += [request("GET", "/feed", user="u-1", gap=600 if i == 0 else 0) for i in range(30)]
        s += [keyed("/prices", "partner-1") for _ in range(15)]
    s += [request("GET", "/feed", user="u-1", gap=600 if i == 0 else 0) for i in range(60)]
    s += [request("POST", "/import", user="u-2", gap=600 if i == 0 else 0) for i in range(120)]
    s += [request("GET", "/orders", user=f"u-{10 + i % 100}", gap=600 if i == 0 else 0) for i in range(100)]
    run.script = s
