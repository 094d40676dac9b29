"""A login that says more in its log than it should: see what reaches the sink."""
import json
import logging

log = logging.getLogger()
log.setLevel(logging.INFO)


def handler(event, _context):
    try:
        body = json.loads(event.get("body") or "{}")
    except ValueError:
        return answer(400, {"error": "that is no JSON"})
    email, password = body.get("email"), body.get("password")
    if not email or not password:
        log.warning("login without credentials")
        return answer(400, {"error": "email and password are needed"})
    log.info("login attempt for %s", email)
    log.info(json.dumps({"event": "login", "email": email, "password": password}))
    if len(password) < 12:
        log.warning("login refused for %s", email)
        return answer(401, {"error": "wrong credentials"})
    return answer(200, {"welcome": email})


def answer(status, body):
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}
