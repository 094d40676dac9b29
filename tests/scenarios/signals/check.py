"""What expect.json cannot say of this story."""
import os
import re
import signal
import time


def during(run):
    until = time.monotonic() + 10
    found = None
    while run.alive() and not found and time.monotonic() < until:
        found = re.search(r"nightjar started, pid (\d+)[\s\S]*waiting 2000 ms", run.file_text("emulator.log"))
        time.sleep(0.02)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGINT):
        os.kill(int(found.group(1)), number)
        time.sleep(0.05)
