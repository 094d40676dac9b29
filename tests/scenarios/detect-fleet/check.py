from traffic import address, login


def prepare(run):
    run.script = [login(1 + i, 60 - i if i != 30 else 1, address(i), agent=f"agent/{i}") for i in range(52)]
