from traffic import request


def prepare(run):
    flood = "\n".join(f"order {i} of the batch was priced and stored in {i % 50} ms" for i in range(40000))
    run.script = [request("POST", "/batch", user="u-1", log=flood)] + [request("GET", "/orders", user="u-1", gap=50) for _ in range(3)]
