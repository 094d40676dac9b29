from traffic import request

LINES = ("WARN java.lang.OutOfMemoryError: Java heap space was caught, the cache is smaller now\\n"
         "WARN attempt 1 of 3 failed, trying again\\nINFO 0 errors, 0 failed logins\\nINFO the token must not be expired")


def prepare(run):
    s = [request("GET", "/report", user="u-1", ms=1900)]
    s += [request("GET", "/report", user="u-1", grow=8) for _ in range(10)]
    s += [request("GET", "/report", user="u-1", log=LINES.replace("\\n", "\n")) for _ in range(60)]
    run.script = s
