"""A function that answers what the event's stageVariables ask for: the counterpart of traffic.py.

answer   JSON of the response; without it {"statusCode": 200}
log      lines to print first, separated by line ends
ms       time to take
grow     megabytes to allocate and never give back
fail     type of an error to fail with, instead of answering
"""
import http.client
import json
import os
import time


def post(api, path, body, headers=None):
    api.request("POST", "/2018-06-01/runtime/invocation/" + path, body, headers or {})
    api.getresponse().read()


def touched(size):
    """So much memory in use, and no more on the way there."""
    block = bytearray(size)
    for i in range(0, size, 4096):
        block[i] = 1
    return block


def main():
    host = os.environ["AWS_LAMBDA_RUNTIME_API"]
    api = http.client.HTTPConnection(host)
    kept = []
    while True:
        api.request("GET", "/2018-06-01/runtime/invocation/next")
        next_one = api.getresponse()
        event = json.loads(next_one.read())
        request = next_one.headers["Lambda-Runtime-Aws-Request-Id"]
        asked = event.get("stageVariables", {}) if isinstance(event, dict) else {}
        for line in asked.get("log", "").splitlines():
            print(line, flush=True)
        time.sleep(float(asked.get("ms", 0)) / 1000)
        if "grow" in asked:
            kept.append(touched(int(asked["grow"]) << 20))
        if "fail" in asked:
            error = {"errorType": asked["fail"], "errorMessage": "as asked", "stackTrace": []}
            post(api, request + "/error", json.dumps(error), {"Lambda-Runtime-Function-Error-Type": "Function." + asked["fail"]})
        else:
            post(api, request + "/response", asked.get("answer", '{"statusCode":200}'))


main()
