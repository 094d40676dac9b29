from traffic import request


def prepare(run):
    run.script = [request("GET", "/a", user="u-1", gap=50), request("GET", "/slow", "203.0.113.1", user="u-2", ms=5000, expect="timeout"),
                  request("GET", "/a", user="u-1", gap=50), request("GET", "/big", "203.0.113.2", user="u-3", grow=600, expect="oom"),
                  request("GET", "/a", user="u-1", gap=50)]
