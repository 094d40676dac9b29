import os

BEFORE = """version 6
runtime arn:aws:lambda:eu-west-1::runtime:0123
layers extensions,extensions/other
environment AWS_REGION,FEATURE_X,LAMBDA_TASK_ROOT
"""


def prepare(run):
    with open(run.path("nightjar-sample.state"), "w", encoding="utf-8") as f:
        f.write(BEFORE)


def check(run):
    r = run.find({"what.event": "config.changed"})[0]
    run.expect("SECRET_OF_MINE" in r["data"]["nightjar.environment.added"], "a new variable is named", r["data"])
    run.expect("of-no-use-here" not in str(run.records), "no value is", r["data"])
    with open(run.path("nightjar-sample.state"), encoding="utf-8") as f:
        kept = f.read()
    run.expect("version $LATEST\n" in kept and "SECRET_OF_MINE" in kept, "the next one knows", kept)
    run.expect([f for f in os.listdir(run.dir) if f.startswith("nightjar-")] == ["nightjar-sample.state"], "nothing else is left there", os.listdir(run.dir))
    prints = {r["data"]["nightjar.config.fingerprint"] for r in run.find({"what.event": "nightjar.start"})}
    run.expect(len(prints) == 1, "two sandboxes that are alike have one fingerprint", sorted(prints))
