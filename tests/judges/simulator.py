"""The cases of make check-simulator: nightjar and the sample function in lambda-simulator, frozen after each invocation."""
import json
import subprocess
import sys

from judge import BUILD, WAIT_S, Case, Wrong, expect, free_ports, no_secret, read, run_cases, secret

CASES_DIR = BUILD / "judges" / "simulator"
DRIVER = BUILD / "judges" / "cargo" / "debug" / "nightjar-simulator-judge"
ROUNDS = 30
HELD_MS = 150  # the buffer of telemetry, 25 ms, and room for a slow machine; the wait for a lost end would be 250 ms
AT_ONCE_MS = 20


def drive(name, events, settings):
    """Runs the driver over the events; the case, with what the simulator saw as .report."""
    with Case(CASES_DIR / name) as box:
        proxy_port, = free_ports(1)
        (box.dir / "events").write_text("".join(json.dumps(e) + "\n" for e in events))
        report = box.dir / "report.json"
        command = [DRIVER, BUILD / "nightjar-capture", BUILD / "nightjar", BUILD / "sample-function", box.dir / "events", report]
        env = {"NIGHTJAR_SINK": box.sink_url, "NIGHTJAR_PSEUDONYM_KEY": box.key, "NIGHTJAR_LOG_LEVEL": "info", "NIGHTJAR_PROXY_PORT": str(proxy_port), **settings}
        driver = box.spawn("driver", command, env)
        try:
            code = driver.wait(3 * WAIT_S + len(events))
        except subprocess.TimeoutExpired:
            raise Wrong("the simulator did not come to an end") from None
        expect(code == 0, f"the driver left with {code}: {read(box.dir / 'driver.log')[-600:]}")
        box.report = json.loads(read(report))
        # nightjar and the function share standard error; nightjar's lines are the ones that begin like this.
        lines = [line for line in read(box.dir / "driver.log").splitlines() if line.startswith('{"nightjar":')]
        (box.dir / "nightjar.log").write_text("".join(line + "\n" for line in lines))
        expect(box.report["left"] == 0, f"nightjar left with {box.report['left']}")
        box.judge_writing()
    return box


def froze(box):
    """Every invocation ended as the simulator knows it, with both processes stopped afterwards."""
    expect([(e["name"], e["events"]) for e in box.report["extensions"]] == [("nightjar", "[Invoke, Shutdown]")],
           f"registered: {box.report['extensions']}")
    for i, seen in enumerate(box.report["invocations"]):
        expect(seen["ready"], f"nightjar was not ready after invocation {i}")
        expect(seen["frozen"] and seen["states"] == ["T", "T"], f"not frozen after invocation {i}: {seen['states']}")


def median_overhead(box, limit_ms):
    """From the answer to the freeze."""
    ms = sorted(seen["overhead_ms"] for seen in box.report["invocations"])
    middle = ms[ROUNDS // 2]
    expect(len(ms) == ROUNDS and middle < limit_ms, f"from answer to freeze: median {middle:.1f} ms, most {ms[-1]:.1f} ms")


def frozen():
    """Thirty invocations, both processes stopped after each: answers, inputs, responses and telemetry are all there."""
    users = [1 + i % 12 for i in range(ROUNDS)]
    box = drive("frozen", [{"rawPath": f"/account?user={u}"} for u in users], {})
    froze(box)
    for user, seen in zip(users, box.report["invocations"]):
        answer = seen["response"] or {}
        expect(seen["status"] == "Success" and answer.get("statusCode") == 200, f"user {user}: {seen}")
        expect(json.loads(answer["body"]) == {"id": f"acc-{user}", "balance": user * 100}, f"user {user}: {answer}")
        request = {"where.faas.invocation_id": seen["id"]}
        box.counted(1, {"what.event": "invocation.input", "data.payload.rawPath": f"/account?user={user}", **request})
        box.counted(1, {"what.event": "invocation.response", "data.payload.body.id": f"acc-{user}", **request})
    for event in ("platform.start", "platform.runtimeDone", "platform.report"):
        expect(box.report["telemetry"].count(event) == ROUNDS, f"the simulator made {box.report['telemetry'].count(event)} {event}")
        box.count(ROUNDS, what__event=event)
    box.count(1, what__event="nightjar.start")
    median_overhead(box, HELD_MS)
    no_secret(box, secret("EMAIL", 1), secret("CARD", 1))


def errors():
    """A handled error between good invocations is an error for the simulator, too, and a record with its type."""
    box = drive("errors", [{"rawPath": "/account?user=2"}, {"rawPath": "/error"}, "a bare string"], {"NIGHTJAR_FLUSH": "end"})
    statuses = [seen["status"] for seen in box.report["invocations"]]
    expect(statuses == ["Success", "Error", "Success"], f"statuses: {statuses}")
    expect(box.report["invocations"][2]["response"] == "a bare string", f"echo: {box.report['invocations'][2]}")
    froze(box)
    box.count(3, what__event="invocation.input")
    box.count(2, what__event="invocation.response")
    box.counted(1, {"what.event": "invocation.error", "data.exception.message": "account not found",
                    "where.faas.invocation_id": box.report["invocations"][1]["id"]})


def overhead():
    """With flushes by the clock nightjar holds nothing back: the sandbox freezes at once."""
    box = drive("overhead", [{"rawPath": "/account?user=1"}] * ROUNDS, {"NIGHTJAR_FLUSH": "60s"})
    froze(box)
    median_overhead(box, AT_ONCE_MS)


CASES = {"frozen": frozen, "errors": errors, "overhead": overhead}

if __name__ == "__main__":
    sys.exit(run_cases("check-simulator", CASES, CASES_DIR))
