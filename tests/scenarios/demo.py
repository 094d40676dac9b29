"""The demo: one scenario, told to people."""
import os
import subprocess
import sys

import checks
import show
from sandbox import Failed, Run, Tools

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60


def run_emulator(run):
    """As Run.emulate(), but the time line goes to the terminal as it happens."""
    arguments = [run.tools.emulator, "--extension", run.tools.nightjar, "--script", run.path("script.ndjson"),
                 "--report", run.path("report.json"), "--extension-log", run.path("extension.log"), "--max-seconds", str(SECONDS)]
    for key, value in run.environment.items():
        arguments += ["--env", f"{key}={value}"]
    sys.stdout.flush()
    run.emulator_status = subprocess.run(arguments + run.arguments("emulator.args"), stdin=subprocess.DEVNULL, check=False).returncode


def leaks(run):
    found = set()
    for _, data in checks.outputs(run):
        found |= {name for name, value in run.tools.secrets.items() if len(value) >= checks.SHORTEST_SECRET and value.encode() in data}
    return found


def tell(run, screen):
    """What is at /logs is for machines; what is at /alerts would wake somebody."""
    requests = [q for q in run.requests if q["path"] == "/logs"]
    records = [r for q in requests for r in run.of_request(q)]
    first = next((r for r in records if r.get("redacted") and "enduser.pseudo.id" in r.get("who", {})), None)
    screen.title(f"What reached the sink: {len(records)} records in {len(requests)} requests")
    screen.line((f"{'when':<12} level {'event':<{show.EVENT_WIDTH}} request  message and data", "dim"))
    show.show_records(screen, records)
    screen.title("Found in them: refusals, attacks, errors and slow calls, with who it was (address, pseudonym)")
    show.show_findings(screen, records)
    screen.title(f"Alerts that would wake somebody: {len(run.alert_texts)} messages to the webhook")
    for text in run.alert_texts:
        screen.line("  ", (text.splitlines()[0], "yellow"))
    if first:
        screen.title("One record in full, as the sink got it")
        show.show_whole(screen, first)
    screen.title("The ledger of each run of nightjar (the timeout makes Lambda start it anew): no record is unaccounted for")
    balanced = show.show_ledgers(screen, run.ledgers)
    screen.title("Redacted before anything left the sandbox, by rule")
    show.show_redacted(screen, records)
    found = leaks(run)
    screen.line((f"  of {len(run.tools.secrets)} secrets the function may write, {len(found) or 'none'} reached the sink",
                 "red" if found else "green"))
    return balanced and not found and bool(run.alert_texts)


def main():
    build = os.path.abspath(os.environ.get("BUILD", "build"))
    binary = os.path.abspath(os.environ.get("SCENARIOS_BINARY", os.path.join(build, "nightjar")))
    run = Run(Tools(build, binary), os.path.join(HERE, "demo"), os.path.join(build, "demo"))
    screen = show.Screen()
    try:
        try:
            run.prepare()
            screen.title("The local Lambda, with nightjar attached to a sample function")
            screen.line(("What the function itself writes is here as it is, secrets and all; what left the sandbox comes below.", "dim"))
            run_emulator(run)
        finally:
            run.stop_sink()
        run.collect()
    except Failed as e:
        print(f"demo: {e}", file=sys.stderr)
        run.end(False)
        return 1
    good = tell(run, screen) and run.emulator_status == 0
    run.end(good)
    for problem in run.problems:
        print(f"demo: {problem}", file=sys.stderr)
    print(f"\nEverything is in {os.path.relpath(run.dir)}: requests and records below sink/, the emulator's report in report.json.")
    return 0 if good and not run.problems else 1


if __name__ == "__main__":
    sys.exit(main())
