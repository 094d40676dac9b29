"""moto with authentication switched on behind the three calls that make the credentials: those of a role, as a function has them."""
import json
import os
import subprocess
import time
import urllib.request

from sandbox import Failed, free_port

START_S = 20
CLIENT = r"""
import json, sys, boto3
what, url = sys.argv[1], sys.argv[2]
kw = dict(endpoint_url=url, region_name="eu-west-1")
if what == "setup":
    nobody = dict(aws_access_key_id="x", aws_secret_access_key="x", **kw)
    iam = boto3.client("iam", **nobody)
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    role = iam.create_role(RoleName="function", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sns:*", "sqs:*"], "Resource": "*"}]}
    iam.put_role_policy(RoleName="function", PolicyName="alerts", PolicyDocument=json.dumps(policy))
    key = boto3.client("sts", **nobody).assume_role(RoleArn=role, RoleSessionName="sandbox")["Credentials"]
    kw.update(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], aws_session_token=key["SessionToken"])
    topic = boto3.client("sns", **kw).create_topic(Name="alerts")["TopicArn"]
    queue = boto3.client("sqs", **kw).create_queue(QueueName="inbox")["QueueUrl"]
    boto3.client("sns", **kw).subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:123456789012:inbox")
    print(json.dumps({"topic": topic, "queue": queue, "id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "token": key["SessionToken"]}))
else:
    state = json.loads(sys.argv[3])
    kw.update(aws_access_key_id=state["id"], aws_secret_access_key=state["secret"], aws_session_token=state["token"])
    found = boto3.client("sqs", **kw).receive_message(QueueUrl=state["queue"], MaxNumberOfMessages=10)
    print(json.dumps([json.loads(m["Body"]) for m in found.get("Messages", [])]))
"""


def venv(program):
    return os.path.join(os.environ.get("BACKENDS_VENV", ""), "bin", program)


def skip(run):
    return None if os.access(venv("moto_server"), os.X_OK) else "moto could not be installed"


def client(*arguments):
    out = subprocess.run([venv("python"), "-c", CLIENT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)
    if out.returncode != 0:
        raise Failed("the client of the server failed: " + out.stderr[-600:])
    return json.loads(out.stdout)


def prepare(run):
    run.moto_url = f"http://127.0.0.1:{free_port()}"
    log = open(run.path("moto.log"), "wb")
    run.moto = subprocess.Popen([venv("moto_server"), "-H", "127.0.0.1", "-p", run.moto_url.rsplit(":", 1)[1]], stdout=log, stderr=log,
                                env=dict(os.environ, INITIAL_NO_AUTH_ACTION_COUNT="3"))
    until = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(run.moto_url + "/moto-api/", timeout=1)
            break
        except OSError:
            if time.monotonic() > until:
                raise Failed("moto did not start: " + run.file_text("moto.log")) from None
            time.sleep(0.1)
    run.state = client("setup", run.moto_url)
    run.values.update(MOTO_PORT=run.moto_url.rsplit(":", 1)[1], TOPIC=run.state["topic"], ACCESS_KEY=run.state["id"],
                      SECRET_KEY=run.state["secret"], SESSION_TOKEN=run.state["token"])


def check(run):
    try:
        messages = client("read", run.moto_url, json.dumps(run.state))
        run.expect(len(messages) == 2, "two messages arrived", messages)
        for m in messages:
            run.expect(m["Subject"].startswith("[ERROR] sample: invocation.summary"), "a subject people can read", m)
            run.expect("faas.name: sample\n" in m["Message"] and "nightjar.rule: failed\n" in m["Message"], "the facts", m)
        everything = "\n".join(run.extension_lines)
        run.expect(run.state["secret"] not in everything, "the secret key is told nowhere")
    finally:
        run.moto.terminate()
        run.moto.wait(10)
