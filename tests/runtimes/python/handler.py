"""The function of the runtime tests in Python: does what the event asks for (tests/runtimes/README.md)."""
import os
import time


def handler(event, context):
    what = event.get("do", "echo") if isinstance(event, dict) else "echo"
    if what == "fail":
        raise ValueError(event.get("message", "asked to fail"))
    if what == "sleep":
        time.sleep(event["ms"] / 1000)
        return "slept"
    if what == "big":
        return "x" * event["bytes"]
    if what == "exit":
        os._exit(3)
    return event
