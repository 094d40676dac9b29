"""Runs scenarios two at a time and prints a line for each; see README.md."""
import gc
import concurrent.futures
import os
import shutil
import sys
import time
import traceback

import checks
import coverage
from sandbox import Failed, Run, Tools

HERE = os.path.abspath(os.environ.get("SCENARIOS_DIR", os.path.dirname(os.path.abspath(__file__))))
AT_ONCE = 2
SECONDS = 60


def names_of(wanted):
    all_names = sorted(n for n in os.listdir(HERE) if os.path.exists(os.path.join(HERE, n, "story.txt")))
    unknown = [n for n in wanted if n not in all_names]
    if unknown:
        raise SystemExit(f"scenarios: there is no {', '.join(unknown)}; there are {', '.join(all_names)}")
    return wanted or all_names


def run_one(tools, name):
    """(problems, skipped reason or None, seconds)"""
    start = time.monotonic()
    run = None
    problems = []
    try:
        run = Run(tools, os.path.join(HERE, name), os.path.join(tools.build, "scenarios", name))
        reason = run.hook("skip") and run.hook("skip")(run)
        if reason:
            return [], reason, time.monotonic() - start
        seconds = run.expected.get("seconds", SECONDS)
        try:
            run.prepare()
            run.emulate(seconds)
        finally:
            run.stop_sink()
        run.collect()
        checks.check_all(run)
        if run.hook("check"):
            run.hook("check")(run)
    except Failed as e:
        problems.append(str(e))
    except Exception:
        problems.append(traceback.format_exc())
    if run is not None:
        problems += run.problems
        run.end(not problems)
        if not problems and not os.environ.get("KEEP"):
            shutil.rmtree(run.dir, ignore_errors=True)
    return problems, None, time.monotonic() - start


def report(name, problems, skipped, seconds):
    word = "skipped" if skipped else "FAILED" if problems else "ok"
    print(f"{name:<34} {word:<8}{seconds:6.1f} s{'  ' + skipped if skipped else ''}", flush=True)
    for p in problems:
        print("    " + p.replace("\n", "\n    "), flush=True)


def main():
    gc.disable()  # a flood is some million records and no cycle: looking for one takes longer than the run
    build = os.path.abspath(os.environ.get("BUILD", "build"))
    binary = os.path.abspath(os.environ.get("SCENARIOS_BINARY", os.path.join(build, "nightjar")))
    names = names_of(sys.argv[1:])
    tools = Tools(build, binary)
    passed = failed = skipped = 0
    if not sys.argv[1:]:
        start = time.monotonic()
        problems, _ = coverage.check()
        report("a story for each detector", problems, None, time.monotonic() - start)
        passed, failed = int(not problems), int(bool(problems))
    again = []
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = {pool.submit(run_one, tools, n): n for n in names}
        for job in concurrent.futures.as_completed(jobs):
            problems, reason, seconds = job.result()
            report(jobs[job], problems, reason, seconds)
            passed += not problems and not reason
            skipped += bool(reason)
            if problems:
                again.append(jobs[job])
    for name in sorted(again):  # stories tell of times: on a busy machine one may be late, and alone it is not
        print(f"{name}: once more, alone", flush=True)
        problems, reason, seconds = run_one(tools, name)
        report(name, problems, reason, seconds)
        passed += not problems
        failed += bool(problems)
    print(f"scenarios: {passed} passed, {failed} failed, {skipped} skipped")
    if failed:
        print(f"what the failed ones wrote is in {os.path.join(build, 'scenarios')}")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
