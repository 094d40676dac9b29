from traffic import request


def prepare(run):
    quick = [request("GET", "/quick", ms=40 if i % 5 == 0 else 2) for i in range(90)]
    s = [request("GET", "/rates", ms=8) for i in range(75)]
    s += quick[:70] + [request("GET", "/rates", ms=950), request("GET", "/rates", ms=8)]
    s += [request("GET", "/rates", ms=50) for _ in range(10)] + quick[70:]
    run.script = s + [request("GET", "/rates", ms=8) for _ in range(25)]
