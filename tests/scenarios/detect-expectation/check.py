from traffic import request


def prepare(run):
    run.script = [request("GET", "/rates", ms=45) for i in range(25)] + [request("GET", "/rates", ms=1) for i in range(25)]
