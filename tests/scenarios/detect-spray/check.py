from traffic import address, login


def prepare(run):
    run.script = [login(1 + i, 30 + i, address(i), agent="okhttp/4.9.3") for i in range(11)]
