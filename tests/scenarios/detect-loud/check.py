from traffic import request

LINE = "order 4711 of the batch was priced and stored in 12 ms"


def prepare(run):
    s = [request("POST", "/prices", user="u-1", log=LINE) for _ in range(25)]
    s += [request("POST", "/prices", user="u-1", log="\n".join([LINE] * 40)) for _ in range(53)]
    run.script = s + [request("POST", "/prices", user="u-1", log=LINE) for _ in range(3)]
