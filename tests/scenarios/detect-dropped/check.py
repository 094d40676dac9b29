from traffic import request


def prepare(run):
    flood = "\n".join(f"order {i} priced" for i in range(200000))
    run.script = [request("POST", "/batch", user="u-1", log=flood)] + [request("GET", "/orders", user="u-1", gap=50) for _ in range(3)]
