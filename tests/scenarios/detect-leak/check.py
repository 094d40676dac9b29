from traffic import request


def skip(run):
    """What instrumented programs take of the sandbox's memory is not what the story is about."""
    return "memory figures mean nothing under a sanitizer" if run.tools.sanitized else None


def prepare(run):
    run.script = [request("GET", "/report", user=f"u-{i}", grow=2) for i in range(105)]
