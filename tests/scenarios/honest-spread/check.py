from traffic import address, login, request


def prepare(run):
    s = []
    for i in range(60):
        s += [login(1 + i, 1 + (i + n) % 60, address(i)) for n in range(7, 9 + i % 2)]
        s.append(login(1 + i, 1 + i, address(i), True))
    for i in range(60):
        if i % 3 == 0:
            s.append(login(1 + i, 1 + (i + 11) % 60, address(100 + i), agent="ExampleApp/3.1 (Android 14)"))
        s.append(login(1 + i, 1 + i, address(100 + i), True, agent="ExampleApp/3.1 (Android 14)"))
    for i in range(20):  # the code of the second factor is often mistyped
        body = {"username": f"${{EMAIL:{1 + i}}}", "otp": "123456"}
        s += [request("POST", "/mfa", address(i), body=body, status=401 if n < 2 else 200) for n in range(3)]
    run.script = s
