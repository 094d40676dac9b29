from traffic import address, login

NOBODY = {"__type": "UserNotFoundException", "message": "User does not exist."}


def prepare(run):
    run.script = [login(1 + i, 60, address(i), agent=f"agent/{i}") for i in range(12)]
    run.script += [login(13 + i, 1 + i, address(100 + i), agent=f"agent/{100 + i}", status=400, answer=NOBODY) for i in range(48)]
