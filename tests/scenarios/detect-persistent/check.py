from traffic import login


def prepare(run):
    s = [login(1, 2 + i % 50, f"203.0.113.{1 + i % 4}") for i in range(100)]
    s += [login(2, 20 + i, "203.0.113.9") for i in range(6)] + [login(2, 2, "203.0.113.9", True)]
    run.script = s
