"""Makes the events of long stories: requests of an HTTP API with the answer that the function shall give.

prepare(run) of a check.py puts a list of them into run.script; emulator.args names ${ANSWERING} as the function.
"""
import json
import urllib.parse

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def address(n, net="198.51"):
    return f"{net}.{n // 250 % 250}.{1 + n % 250}"


def request(method, path, source="198.51.100.1", agent=BROWSER, route=None, query=None, body=None, user=None, tenant=None, status=200,
            answer=None, expect="success", gap=0, **asked):
    """One line of a script.  user, tenant: subject and tenant of a token that the gateway has checked; asked: see answering_function.py."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": source, "userAgent": agent}
    context = {"apiId": "a1b2c3", "domainName": "a1b2c3.execute-api.eu-west-1.amazonaws.com", "http": http}
    if user is not None:
        context["authorizer"] = {"jwt": {"claims": {"sub": user} | ({"custom:tenant_id": tenant} if tenant else {})}}
    reply = {"statusCode": status}
    if answer is not None:
        reply |= {"headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
    event = {"version": "2.0", "routeKey": f"{method} {route or path}", "rawPath": path, "rawQueryString": urllib.parse.urlencode(query or {}),
             "headers": {"user-agent": agent, "content-type": "application/json"}, "requestContext": context,
             "stageVariables": {"answer": json.dumps(reply)} | {k: str(v) for k, v in asked.items()}, "isBase64Encoded": False}
    if query:
        event["queryStringParameters"] = query
    if body is not None:
        event["body"] = json.dumps(body)
    return {"gapMs": gap, "event": event, "expect": expect}


def keyed(path, key, source="198.51.100.1", gap=0):
    """A GET by a partner whom the gateway knows by an API key alone."""
    event = {"resource": path, "path": path, "httpMethod": "GET", "headers": {"User-Agent": BROWSER},
             "requestContext": {"stage": "prod", "resourcePath": path, "identity": {"sourceIp": source, "apiKeyId": key}},
             "stageVariables": {"answer": json.dumps({"statusCode": 200})}}
    return {"gapMs": gap, "event": event, "expect": "success"}


def login(email, password, source, good=False, agent=BROWSER, **more):
    """A login with the values of the sample function: e-mail and password by number, so that the runner looks for them at the sink."""
    more = {"status": 200 if good else 401} | more
    return request("POST", "/login", source, agent, body={"email": f"${{EMAIL:{email}}}", "password": f"${{PASSWORD:{password}}}"}, **more)


def pool(source, user, gap=0):
    """A trigger of a user pool, answered by the sample function as such functions do, with the event itself."""
    event = {"version": "1", "triggerSource": source + "_Authentication", "region": "eu-west-1", "userPoolId": "eu-west-1_AbCdEfGhI",
             "userName": user, "callerContext": {"awsSdkVersion": "x", "clientId": "c"}, "request": {"userAttributes": {"sub": user}},
             "response": {}}
    return {"gapMs": gap, "event": event, "expect": "success"}
