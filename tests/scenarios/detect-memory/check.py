from traffic import request


def skip(run):
    """What instrumented programs take of the sandbox's memory is not what the story is about."""
    return "memory figures mean nothing under a sanitizer" if run.tools.sanitized else None


def prepare(run):
    run.script = [request("GET", "/report", user="u-1"), request("GET", "/report", user="u-1", grow=100),
                  request("GET", "/report", user="u-1"), request("GET", "/report", user="u-1", grow=60),
                  request("GET", "/report", user="u-1", ms=5000, expect="timeout"), request("GET", "/report", user="u-1")]
