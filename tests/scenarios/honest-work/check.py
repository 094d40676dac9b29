from traffic import request

LINE = "order 4711 of the batch was priced and stored in 12 ms"


def prepare(run):
    people = [{"contact": f"${{EMAIL:{i}}}"} for i in range(1, 61)]
    s = [request("GET", "/orders", user=f"u-{i % 200}", log="\n".join([LINE] * (150 if 100 <= i < 110 else 1))) for i in range(200)]
    s += [request("GET", "/cached", user=f"u-{i}", ms=25 if i % 4 == 0 else 1, log=LINE) for i in range(80)]
    s += [request("GET", "/people", user=f"u-{i}", answer=people[: 1 + (7 * i) % 60]) for i in range(60)]
    s += [request("GET", "/reports", f"198.51.100.{1 + i}", user=f"u-{i}", status=403) for i in range(40)]
    s += [request("GET", "/favicon.ico", "198.51.100.7", status=404) for _ in range(40)]
    s += [request("POST", "/comments", user=f"u-{i}", body={"text": "it's this or that; don't drop the table, select two of 'em -- or one"})
          for i in range(10)]
    quoted = "\n".join(f"2026-11-23T07:15:{i:02} ERROR upstream answered 503, see the line before" for i in range(10))
    s += [request("POST", "/tickets", user=f"u-{i}", body={"text": f"it fails like this:\n{quoted}", "dates": "offers:\n2026-11-23 mice\n[sic]"})
          for i in range(10)]
    s += [request("GET", "/news", "198.51.100.8", "hydrate-client/1.2 (nmapper 3)") for _ in range(3)]
    s += [request("GET", "/news", user=f"u-{i}" if i % 2 else None) for i in range(60)]
    s += [request("POST", "/invite", user=f"u-{i}", body={"name": "x", "role": "reader"}) for i in range(60)]
    nightly = {"version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
               "time": "2026-11-23T02:00:00Z", "region": "eu-west-1", "resources": ["arn:aws:events:eu-west-1:123456789012:rule/nightly"],
               "detail": {}, "stageVariables": {"ms": "300"}}
    s += [{"event": nightly, "expect": "success"}] * 3
    run.script = s
