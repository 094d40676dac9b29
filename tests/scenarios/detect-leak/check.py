from traffic import request


def prepare(run):
    run.script = [request("GET", "/report", user=f"u-{i}", grow=2) for i in range(105)]
